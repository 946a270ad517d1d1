using System.Text.Json;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Inference;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace GpuGeek.Predictor;

internal static class PredictorEndpoints
{
    public const long MaxModelBytes = 2L << 30;

    public static void MapPredictor(this WebApplication app)
    {
        app.MapGet(PredictorRoutes.Health, (PredictorIdentity identity) => TypedResults.Ok(new PredictorHealth("alive", identity.BootId)));
        app.MapGet(
            PredictorRoutes.Loaded,
            (ModelHost host) => TypedResults.Ok(new PredictorState([.. host.Loaded.Select(m => new LoadedDeployment(m.Key, m.OnnxHash))]))
        );
        app.MapPut(PredictorRoutes.Deployment, LoadAsync).DisableAntiforgery();
        app.MapDelete(
            PredictorRoutes.Deployment,
            async (string key, ModelHost host) => await host.RemoveAsync(key) ? Results.NoContent() : Refuse(404, NotLoaded)
        );
        app.MapPost(PredictorRoutes.Augment, AugmentationEndpoint.AugmentAsync).DisableAntiforgery();
        app.MapPost(PredictorRoutes.Predict, PredictionEndpoint.PredictAsync).AddEndpointFilter(PredictorMeter.MeasureAsync);
    }

    internal static readonly PredictorProblem NotLoaded = new("not_loaded", "No model is loaded under this key.");

    private static async Task<IResult> LoadAsync(
        string key,
        HttpRequest request,
        ModelHost host,
        FairTurns turns,
        IOptions<PredictorOptions> options,
        CancellationToken cancellationToken
    )
    {
        var form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = MaxModelBytes }, cancellationToken);
        if (form.Files.GetFile("manifest") is not { } manifestFile || form.Files.GetFile("onnx") is not { } onnxFile)
            return Refuse(400, new("model_refused", "The request has no 'manifest' or no 'onnx'."));
        try
        {
            await using var manifestStream = manifestFile.OpenReadStream();
            var manifest =
                await JsonSerializer.DeserializeAsync<ModelManifest>(manifestStream, RunDirectory.Json, cancellationToken)
                ?? throw new JsonException("null");
            var onnx = new byte[onnxFile.Length];
            await using var onnxStream = onnxFile.OpenReadStream();
            await onnxStream.ReadExactlyAsync(onnx, cancellationToken);
            var (threads, provider) = (options.Value.Threads, options.Value.ExecutionProvider);
            var own = new BatcherTurns(turns, DeploymentKey.Organisation(key), threads);
            await host.ReplaceAsync(
                key,
                await Task.Run(
                    () => new ServedModel(manifest, onnx, threads, BatcherOptions.For(provider), own, provider),
                    cancellationToken
                )
            );
            return Results.NoContent();
        }
        catch (ModelRefusedException refused)
        {
            return Refuse(422, new(refused.Code, refused.Message));
        }
        catch (JsonException)
        {
            return Refuse(422, new("model_refused", "model.json cannot be read."));
        }
    }

    internal static JsonHttpResult<PredictorProblem> Refuse(int status, PredictorProblem problem) =>
        TypedResults.Json(problem, statusCode: status);
}

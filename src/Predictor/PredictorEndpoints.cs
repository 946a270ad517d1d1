using System.Diagnostics;
using System.Text.Json;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Inference;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace GpuGeek.Predictor;

internal static class PredictorEndpoints
{
    public const long MaxModelBytes = 2L << 30;
    private const long MaxImageBytes = 20 << 20;

    public static void MapPredictor(this WebApplication app)
    {
        app.MapGet(PredictorRoutes.Health, () => TypedResults.Ok(new { status = "alive" }));
        app.MapGet(
            PredictorRoutes.Loaded,
            (ModelHost host, PredictorIdentity identity) =>
                TypedResults.Ok(new PredictorState(identity.BootId, [.. host.Loaded.Select(m => new LoadedDeployment(m.Key, m.OnnxHash))]))
        );
        app.MapPut(PredictorRoutes.Deployment, LoadAsync).DisableAntiforgery();
        app.MapDelete(
            PredictorRoutes.Deployment,
            async (string key, ModelHost host) => await host.RemoveAsync(key) ? Results.NoContent() : Refuse(404, NotLoaded)
        );
        app.MapPost(PredictorRoutes.Predict, PredictAsync).AddEndpointFilter(PredictorMeter.MeasureAsync);
    }

    private static readonly PredictorProblem NotLoaded = new("not_loaded", "No model is loaded under this key.");

    private static async Task<IResult> LoadAsync(
        string key,
        HttpRequest request,
        ModelHost host,
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
            await host.ReplaceAsync(
                key,
                await Task.Run(
                    () => new ServedModel(manifest, onnx, options.Value.Threads, new(), options.Value.ExecutionProvider),
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

    private static async Task<IResult> PredictAsync(
        string key,
        HttpContext http,
        ModelHost host,
        DecodeSlots slots,
        IOptions<PredictorOptions> options,
        CancellationToken cancellationToken
    )
    {
        if (options.Value.Faults && http.Request.Headers["X-GpuGeek-Fault"] == "crash")
            Environment.FailFast("requested by a test");
        if (http.Request.ContentLength > MaxImageBytes)
            return Refuse(413, new("image_too_large", $"A picture may have at most {MaxImageBytes >> 20} MiB."));
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, cancellationToken);
        IResult? result = null;
        var found = await host.UseAsync(
            key,
            async model => result = await AnswerAsync(model, body.ToArray(), slots, http.Response, cancellationToken)
        );
        return found ? result! : Refuse(404, NotLoaded);
    }

    private static async Task<IResult> AnswerAsync(
        ServedModel model,
        byte[] image,
        DecodeSlots slots,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            var input = await slots.RunAsync(() => Preprocess(image, model.Manifest.Preprocessing), cancellationToken);
            var decodeMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var (probabilities, batch) = await model.PredictAsync(input, cancellationToken);
            var manifest = model.Manifest;
            return TypedResults.Ok(
                new PredictorAnswer(
                    manifest.Model,
                    manifest.Version,
                    manifest.OnnxHash,
                    manifest.Classes,
                    probabilities,
                    decodeMs,
                    batch.QueueMs,
                    batch.InferMs
                )
            );
        }
        catch (ImageException refused)
        {
            return Refuse(refused.Code == "image_too_large" ? 413 : 422, new(refused.Code, refused.Message, refused.Hint));
        }
        catch (QueueRefusedException refused)
        {
            response.Headers.RetryAfter = "1";
            return Refuse(refused.Code == "queue_full" ? 429 : 503, new(refused.Code, refused.Message));
        }
    }

    private static float[] Preprocess(byte[] image, Preprocessing preprocessing)
    {
        var input = new float[3 * preprocessing.CropSize * preprocessing.CropSize];
        Preprocessor.Run(image, preprocessing, input);
        return input;
    }

    private static Microsoft.AspNetCore.Http.HttpResults.JsonHttpResult<PredictorProblem> Refuse(int status, PredictorProblem problem) =>
        TypedResults.Json(problem, statusCode: status);
}

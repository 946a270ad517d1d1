using System.Buffers;
using System.Globalization;
using GpuGeek.Domain.Deployments;
using GpuGeek.Imaging;
using GpuGeek.Inference;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace GpuGeek.Predictor;

/// <summary>Answers one picture.</summary>
internal static class PredictionEndpoint
{
    private const long MaxImageBytes = 20 << 20;

    public static async Task<IResult> PredictAsync(
        string key,
        HttpContext http,
        ModelHost host,
        Decoding decoding,
        Admission admission,
        IOptions<PredictorOptions> options,
        CancellationToken cancellationToken
    )
    {
        if (options.Value.Faults && http.Request.Headers["X-GpuGeek-Fault"] == "crash")
            Environment.FailFast("requested by a test");
        if (http.Request.ContentLength > MaxImageBytes)
            return PredictorEndpoints.Refuse(413, new("image_too_large", $"A picture may have at most {MaxImageBytes >> 20} MiB."));
        var organisation = DeploymentKey.Organisation(key);
        var limit = Limit(http.Request);
        // Before the body is read: a flood costs as little as possible.
        if (!admission.TryEnter(organisation, limit))
            return TooMany(http.Response, limit);
        try
        {
            var image = await ReadAsync(http.Request, cancellationToken);
            IResult? result = null;
            var found = await host.UseAsync(
                key,
                async model => result = await AnswerAsync(model, organisation, image, decoding, http.Response, cancellationToken)
            );
            return found ? result! : PredictorEndpoints.Refuse(404, PredictorEndpoints.NotLoaded);
        }
        finally
        {
            admission.Leave(organisation);
        }
    }

    private static async Task<IResult> AnswerAsync(
        ServedModel model,
        string organisation,
        byte[] image,
        Decoding decoding,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var (input, decodeMs) = await decoding.DecodeAsync(organisation, image, model, cancellationToken);
            // Not returned if it fails: the batcher may still hold it.
            var (probabilities, batch) = await model.PredictAsync(input, cancellationToken);
            ArrayPool<float>.Shared.Return(input);
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
            return PredictorEndpoints.Refuse(
                refused.Code == "image_too_large" ? 413 : 422,
                new(refused.Code, refused.Message, refused.Hint)
            );
        }
        catch (QueueRefusedException refused)
        {
            response.Headers.RetryAfter = "1";
            return PredictorEndpoints.Refuse(refused.Code == "queue_full" ? 429 : 503, new(refused.Code, refused.Message));
        }
    }

    // Who sends no limit, such as a person who tries out the process, has none.
    private static int Limit(HttpRequest request) =>
        int.TryParse(request.Headers[PredictorRoutes.Limit], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : int.MaxValue;

    private static JsonHttpResult<PredictorProblem> TooMany(HttpResponse response, int limit)
    {
        response.Headers.RetryAfter = "1";
        return PredictorEndpoints.Refuse(429, PredictorProblem.TooMany(limit));
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is not { } length)
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            return body.ToArray();
        }
        var image = new byte[length];
        await request.Body.ReadExactlyAsync(image, cancellationToken);
        return image;
    }
}

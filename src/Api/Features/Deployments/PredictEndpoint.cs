using System.Diagnostics;
using System.Net;
using System.Text.Json;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Features.Deployments;

internal static class PredictEndpoint
{
    private const int MaxTop = 1000;

    public static void Map(RouteGroupBuilder deployments) =>
        deployments
            .MapPost("/{name}/predict", PredictAsync)
            .Needs(Role.Viewer, Scopes.Predict)
            .WithName("Predict")
            .WithMetadata(new CountsPredictions())
            .WithoutChangeFilter()
            .DisableAntiforgery()
            // Any content type, because curl sends its own default.
            .Accepts<PredictRequest>("application/json", "*/*");

    /// <summary>Classify a picture</summary>
    /// <remarks>Body: the picture's bytes, a multipart form with <c>file</c>, or JSON <c>{"image": "base64"}</c>; at most 20 MiB.
    /// <c>?top=5</c> limits the classes.</remarks>
    private static async Task<Results<Ok<PredictionResponse>, ProblemHttpResult>> PredictAsync(
        string name,
        HttpContext http,
        IDbContexts contexts,
        Tenant tenant,
        PredictorPool pool,
        PredictionGate gate,
        TimeProvider clock,
        CancellationToken cancellationToken,
        int top = 5
    )
    {
        var started = Stopwatch.GetTimestamp();
        if (top is < 1 or > MaxTop)
            return Problems.Impossible("invalid_top", $"'top' takes 1 to {MaxTop}.");
        if (await PredictionTarget.FindAsync(contexts, tenant, name, cancellationToken) is not { } deployment)
            return Problems.NotFound();
        gate.Learn(http.Request, deployment.Limit);
        if (!deployment.IsLive)
            return NotLive(http, name);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = PictureBody.MaxRequestBytes;
        var (image, refusal) = await PictureBody.ReadAsync(http, cancellationToken);
        if (refusal is not null)
            return refusal;
        try
        {
            var key = DeploymentKey.Of(tenant.OrgId, deployment.Id);
            var answer = await pool.PredictAsync(deployment.Predictors, key, image, deployment.Limit, cancellationToken);
            return TypedResults.Ok(Response(answer, top, clock.GetUtcNow(), Stopwatch.GetElapsedTime(started).TotalMilliseconds));
        }
        catch (PredictorRefusedException refused)
        {
            return Refused(http, name, refused);
        }
        catch (Exception failure) when (PredictorFailures.IsAway(failure))
        {
            return PredictorFailures.Unavailable(http.Response);
        }
    }

    private static PredictionResponse Response(PredictorAnswer answer, int top, DateTimeOffset now, double totalMs)
    {
        var classes = answer
            .Classes.Zip(answer.Probabilities, (label, p) => new ClassProbability(label, p))
            .OrderByDescending(c => c.Probability)
            .Take(top)
            .ToList();
        return new(
            Guid.CreateVersion7(now),
            classes[0].Label,
            classes[0].Probability,
            classes,
            new(answer.Model, answer.Version, answer.OnnxHash),
            new(Round(answer.DecodeMs), Round(answer.QueueMs), Round(answer.InferMs), Round(totalMs))
        );
    }

    private static double Round(double milliseconds) => Math.Round(milliseconds, 2);

    private static ProblemHttpResult Refused(HttpContext http, string name, PredictorRefusedException refused)
    {
        if (refused.RetryAfter is { } after)
            http.Response.Headers.RetryAfter = after;
        return refused.Status switch
        {
            HttpStatusCode.NotFound => NotLive(http, name),
            HttpStatusCode.RequestEntityTooLarge => Problems.Of(
                413,
                refused.Problem.Code,
                "The picture is too large",
                refused.Problem.Detail,
                refused.Problem.Hint
            ),
            HttpStatusCode.TooManyRequests => TooMany(refused.Problem),
            HttpStatusCode.ServiceUnavailable => Problems.Of(
                503,
                refused.Problem.Code,
                "Too busy",
                refused.Problem.Detail,
                refused.Problem.Hint ?? "Send the picture again in a second."
            ),
            _ => Problems.Impossible(refused.Problem.Code, refused.Problem.Detail, refused.Problem.Hint),
        };
    }

    internal static ProblemHttpResult TooMany(PredictorProblem problem) =>
        Problems.Of(429, problem.Code, "Too many pictures at once", problem.Detail, problem.Hint ?? "Send fewer pictures at a time.");

    private static ProblemHttpResult NotLive(HttpContext http, string name)
    {
        http.Response.Headers.RetryAfter = "2";
        return Problems.Of(
            503,
            "deployment_not_live",
            "The deployment is not live yet",
            $"No version of '{name}' is loaded.",
            $"Wait until it is live: GET …/deployments/{name}?wait=30."
        );
    }
}

/// <summary>Reads the picture from a request: raw bytes, a form's file, or base64 in JSON.</summary>
internal static class PictureBody
{
    public const int MaxImageBytes = 20 << 20;

    /// <summary>Base64 is a third longer, and a form adds headers.</summary>
    public const int MaxRequestBytes = MaxImageBytes / 3 * 4 + (64 << 10);

    public static async Task<(ReadOnlyMemory<byte> Image, ProblemHttpResult? Refusal)> ReadAsync(
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (http.Request.ContentLength > MaxRequestBytes)
            return (default, TooLarge());
        var type = http.Request.ContentType ?? "";
        if (type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return await FromFormAsync(http, cancellationToken);
        return type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
            ? await FromJsonAsync(http, cancellationToken)
            : Check(await ReadAllAsync(http.Request.Body, cancellationToken));
    }

    private static async Task<(ReadOnlyMemory<byte>, ProblemHttpResult?)> FromFormAsync(
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(
                new FormOptions
                {
                    BufferBody = false,
                    MultipartBodyLengthLimit = MaxRequestBytes,
                    MemoryBufferThreshold = 1 << 20,
                },
                cancellationToken
            );
        }
        catch (Exception malformed)
            when (malformed is InvalidDataException or IOException and not Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return (
                default,
                Problems.Of(
                    400,
                    "malformed_request",
                    "Malformed request",
                    "The body is not a multipart form.",
                    "Send the picture as -F file=@picture.jpg."
                )
            );
        }
        if (form.Files.GetFile("file") is not { } file)
            return (default, Problems.Impossible("file_missing", "The form has no file named 'file'.", "Send it as -F file=@picture.jpg."));
        await using var stream = file.OpenReadStream();
        return Check(await ReadAllAsync(stream, cancellationToken));
    }

    private static async Task<(ReadOnlyMemory<byte>, ProblemHttpResult?)> FromJsonAsync(
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var request = await JsonSerializer.DeserializeAsync<PredictRequest>(
                http.Request.Body,
                JsonSerializerOptions.Web,
                cancellationToken
            );
            return request?.Image is { } image ? Check(Convert.FromBase64String(image)) : (default, Malformed());
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            return (default, Malformed());
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, cancellationToken);
        return copy.ToArray();
    }

    private static (ReadOnlyMemory<byte>, ProblemHttpResult?) Check(byte[] image) =>
        image.Length switch
        {
            0 => (default, Problems.Impossible("image_empty", "The request contains no picture.", "Send the picture's bytes as the body.")),
            > MaxImageBytes => (default, TooLarge()),
            _ => (image, null),
        };

    private static ProblemHttpResult TooLarge() =>
        Problems.Of(
            413,
            "image_too_large",
            "The picture is too large",
            $"A picture may have at most {MaxImageBytes >> 20} MiB.",
            "Scale it down before you send it."
        );

    private static ProblemHttpResult Malformed() =>
        Problems.Of(
            400,
            "malformed_request",
            "Malformed request",
            "The body is not JSON of the form {\"image\": \"base64\"}.",
            "Correct it, or send the picture's bytes as the body."
        );
}

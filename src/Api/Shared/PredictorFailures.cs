using GpuGeek.Api.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Shared;

/// <summary>What a request gets whose predictor is away.</summary>
internal static class PredictorFailures
{
    /// <summary>The predictor died or hangs: HttpClient reports its time limit as a cancellation.</summary>
    public static bool IsAway(Exception failure) =>
        failure is HttpRequestException or TaskCanceledException { InnerException: TimeoutException };

    public static ProblemHttpResult Unavailable(HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return Problems.Of(
            503,
            "predictor_unavailable",
            "Predictions are interrupted",
            "The prediction process is restarting.",
            "Send the picture again in a second."
        );
    }
}

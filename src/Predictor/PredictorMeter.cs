using System.Diagnostics.Metrics;
using GpuGeek.Domain.Deployments;

namespace GpuGeek.Predictor;

/// <summary>What Predictor measures. Names follow OpenTelemetry's conventions.</summary>
internal static class PredictorMeter
{
    private static readonly Meter Meter = new("GpuGeek.Predictor");
    private static readonly InstrumentAdvice<double> Short = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    };

    private static readonly Counter<long> Predictions = Meter.CreateCounter<long>(
        "gpugeek.predictions",
        "{prediction}",
        "Requests for a prediction, by deployment and outcome: 'answered', or the code of the refusal."
    );

    private static readonly Histogram<double> Decode = Meter.CreateHistogram(
        "gpugeek.prediction.decode.duration",
        "s",
        "Decoding and resizing a picture, with the wait for a free decoder.",
        advice: Short
    );

    private static readonly Histogram<double> Queue = Meter.CreateHistogram(
        "gpugeek.prediction.queue.duration",
        "s",
        "The wait of a picture for its batch.",
        advice: Short
    );

    private static readonly Histogram<double> Infer = Meter.CreateHistogram(
        "gpugeek.prediction.run.duration",
        "s",
        "The run of the network, as each picture of its batch waits for it.",
        advice: Short
    );

    /// <summary>Counts a request by its response.</summary>
    public static async ValueTask<object?> MeasureAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var response = await next(context);
        var key = context.HttpContext.Request.RouteValues["key"];
        switch (response)
        {
            case IValueHttpResult { Value: PredictorAnswer answer }:
                Count(key, "answered");
                Decode.Record(answer.DecodeMs / 1000);
                Queue.Record(answer.QueueMs / 1000);
                Infer.Record(answer.InferMs / 1000);
                break;
            case IValueHttpResult { Value: PredictorProblem problem }:
                Count(key, problem.Code);
                break;
        }
        return response;
    }

    private static void Count(object? key, string outcome) =>
        Predictions.Add(1, new KeyValuePair<string, object?>("gpugeek.deployment", key), new("gpugeek.outcome", outcome));
}

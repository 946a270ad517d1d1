using System.Diagnostics.Metrics;

namespace GpuGeek.Inference;

internal static class InferenceMeter
{
    private static readonly Meter Meter = new("GpuGeek.Inference");

    public static readonly Histogram<int> BatchSize = Meter.CreateHistogram(
        "gpugeek.prediction.batch.size",
        "{picture}",
        "Pictures in one run of a network.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] }
    );

    public static readonly UpDownCounter<long> Loaded = Meter.CreateUpDownCounter<long>(
        "gpugeek.models.loaded",
        "{model}",
        "Networks in memory."
    );
}

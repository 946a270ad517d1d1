using System.Diagnostics.Metrics;

namespace GpuGeek.Worker.Telemetry;

/// <summary>What a worker measures. Names follow OpenTelemetry's conventions.</summary>
internal static class WorkerMeter
{
    private static readonly Meter Meter = new("GpuGeek.Worker");

    // From a second to a day.
    private static readonly InstrumentAdvice<double> Long = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400],
    };

    /// <summary>One slot is one device: the sum is the seconds for which devices were occupied.</summary>
    public static readonly Histogram<double> RunDuration = Meter.CreateHistogram(
        "gpugeek.run.duration",
        "s",
        "Attempts at runs, by how they ended.",
        advice: Long
    );

    public static readonly Histogram<double> JobDuration = Meter.CreateHistogram(
        "gpugeek.job.duration",
        "s",
        "Attempts at jobs, by kind and by how they ended.",
        advice: Long
    );

    public static readonly Counter<long> FailedRenewals = Meter.CreateCounter<long>(
        "gpugeek.lease.renewal.failures",
        "{renewal}",
        "Renewals of leases that failed."
    );

    public static readonly UpDownCounter<long> Places = Meter.CreateUpDownCounter<long>(
        "gpugeek.lane.places",
        "{place}",
        "Items that a lane works on at the same time, at most; the lane 'slot' is that of runs."
    );

    public static readonly UpDownCounter<long> BusyPlaces = Meter.CreateUpDownCounter<long>(
        "gpugeek.lane.places.busy",
        "{place}",
        "Items that a lane works on."
    );

    public static readonly Gauge<long> QueueLength = Meter.CreateGauge<long>(
        "gpugeek.queue.length",
        "{item}",
        "Runs and jobs that wait, in the whole installation."
    );

    public static readonly Gauge<double> QueueOldest = Meter.CreateGauge<double>(
        "gpugeek.queue.oldest",
        "s",
        "How long the oldest of them has waited."
    );

    public static readonly ObservableCounter<double> ChildCpu = Meter.CreateObservableCounter(
        "gpugeek.child.cpu.time",
        ChildCpuTime.Seconds,
        "s",
        "Processor time of child processes that have ended."
    );
}

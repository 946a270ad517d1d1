using System.Text.Json.Serialization;
using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Runs.Protocol;

/// <summary>One line of <c>events.jsonl</c>, written by the training child and read by its supervisor, which remembers the offset of what
/// it has stored.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(PhaseEvent), "phase")]
[JsonDerivedType(typeof(MetricEvent), "metric")]
[JsonDerivedType(typeof(CheckpointEvent), "checkpoint")]
[JsonDerivedType(typeof(ResolvedEvent), "resolved")]
[JsonDerivedType(typeof(EstimatedEvent), "estimated")]
[JsonDerivedType(typeof(ResultEvent), "result")]
[JsonDerivedType(typeof(FailedEvent), "failed")]
public abstract record RunEvent
{
    public required DateTimeOffset At { get; init; }
}

/// <summary>The current phase of the child: <c>preparing</c>, <c>embedding</c>, <c>training</c>, <c>evaluating</c>,
/// <c>exporting</c>.</summary>
/// <param name="Progress">Of the whole run, 0..1.</param>
/// <param name="EtaSeconds">Remaining seconds, if known.</param>
public sealed record PhaseEvent(string Phase, double Progress, double? EtaSeconds = null) : RunEvent;

/// <param name="Name">One of <see cref="MetricNames"/>.</param>
/// <param name="Step">Optimizer step, from 1. A step repeated after a resume writes the same (name, step), which adds no second
/// row.</param>
/// <param name="Epoch">Fractional epoch, step / steps per epoch.</param>
public sealed record MetricEvent(string Name, long Step, double Epoch, double Value) : RunEvent;

/// <summary>A checkpoint is complete on disk: written to a temporary name, fsynced, renamed, with a manifest of hashes.</summary>
/// <param name="Name">Folder under <c>checkpoints/</c>.</param>
public sealed record CheckpointEvent(string Name, long Step, double Epoch, CheckpointFile[] Files) : RunEvent;

/// <param name="Name">File name inside the checkpoint's folder.</param>
/// <param name="Sha256">Hex.</param>
public sealed record CheckpointFile(string Name, string Sha256, long Size);

/// <summary>Settings that the recipe left to a measurement have values from now on. An attempt that finds them in its checkpoint says it
/// again.</summary>
/// <param name="Settings">By their paths, as <c>compute.precision</c>; the values as a person would type them. They hold together: a recipe
/// with some of them alone is another one.</param>
public sealed record ResolvedEvent(IReadOnlyDictionary<string, string> Settings) : RunEvent;

/// <summary>What the run will take, measured instead of a training.</summary>
public sealed record EstimatedEvent(RunEstimate Estimate) : RunEvent;

/// <summary>The run has succeeded; the named files are under <c>result/</c>.</summary>
public sealed record ResultEvent(RunResult Result) : RunEvent;

/// <summary>The run cannot succeed, however often it is tried: no retry.</summary>
public sealed record FailedEvent(Failure Failure) : RunEvent;

public static class MetricNames
{
    public const string TrainLoss = "train/loss";
    public const string TrainAccuracy = "train/accuracy";
    public const string ValLoss = "val/loss";
    public const string ValAccuracy = "val/accuracy";
    public const string LearningRate = "lr";
    public const string ImagesPerSecond = "images_per_second";
    public const string MemoryBytes = "system/memory_bytes";
    public const string GpuUtilization = "system/gpu_utilization";
    public const string GpuMemoryBytes = "system/gpu_memory_bytes";
    public const string GpuWatts = "system/gpu_watts";
    public const string GpuCelsius = "system/gpu_celsius";
}

/// <summary>Exit code of the training child, if it was not killed.</summary>
public static class TrainExitCode
{
    public const int Succeeded = 0;

    /// <summary>A <see cref="FailedEvent"/> has the reason; no retry.</summary>
    public const int Failed = 4;

    /// <summary>Stopped by SIGTERM: a checkpoint was written if training had started.</summary>
    public const int Stopped = 5;
}

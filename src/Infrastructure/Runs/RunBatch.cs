using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>Events of a training process within a short time.</summary>
public sealed class RunBatch
{
    public List<MetricEvent> Points { get; } = [];
    public List<LogEntry> Lines { get; } = [];

    /// <summary>The last reported phase, or null if unchanged.</summary>
    public PhaseEvent? Phase { get; set; }

    /// <summary>Settings that the training process has chosen by a measurement.</summary>
    public List<ResolvedEvent> Resolved { get; } = [];

    /// <summary>The training process has reported an event: a starting run is now running.</summary>
    public bool Running { get; set; }

    /// <summary>Best validation accuracy in this batch and its epoch; the row keeps the higher one, and the earlier of equals.</summary>
    public (int Epoch, double Accuracy)? Best { get; set; }

    public bool IsEmpty => Points.Count == 0 && Lines.Count == 0 && Resolved.Count == 0 && Phase is null && !Running && Best is null;
}

/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
public sealed record LogEntry(string Level, string Message, DateTimeOffset At);

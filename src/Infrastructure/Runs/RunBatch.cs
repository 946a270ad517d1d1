using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>What a trainer said within a moment.</summary>
public sealed class RunBatch
{
    public List<MetricEvent> Points { get; } = [];
    public List<LogEntry> Lines { get; } = [];

    /// <summary>The last phase heard, or null for no news.</summary>
    public PhaseEvent? Phase { get; set; }

    /// <summary>The trainer has spoken: a starting run is running.</summary>
    public bool Running { get; set; }

    /// <summary>Best validation accuracy in this batch and its epoch; the row keeps the higher, and the earlier of equals.</summary>
    public (int Epoch, double Accuracy)? Best { get; set; }

    public bool IsEmpty => Points.Count == 0 && Lines.Count == 0 && Phase is null && !Running && Best is null;
}

/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
public sealed record LogEntry(string Level, string Message, DateTimeOffset At);

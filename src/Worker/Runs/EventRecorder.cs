using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Telemetry;

namespace GpuGeek.Worker.Runs;

/// <summary>Writes the training process's events into the database: the only writer of this run's points and lines.</summary>
internal sealed class EventRecorder(RunDirectory directory, RunWriter writer, CheckpointTransfer checkpoints, TimeProvider clock)
    : IDisposable
{
    /// <summary>Maximum number of output lines stored per attempt; the rest is not written to the database.</summary>
    private const int MaxLines = 1000;

    private readonly EventTail _events = new(directory.Events);
    private readonly LineTail _log = new(directory.Log);
    private readonly PhaseSpans _phases = new();
    private int _lines;

    public ResultEvent? Result { get; private set; }
    public Failure? Failure { get; private set; }

    public void Dispose() => _phases.Dispose();

    /// <summary>Stores the events since the last call, but not those that arrive in the meantime: a training process that writes without
    /// a pause must not block its supervisor.</summary>
    /// <param name="final">The training process has exited: read to the end.</param>
    /// <exception cref="StaleFenceException"/>
    /// <exception cref="TrainerProtocolException"/>
    public async Task PumpAsync(bool final, CancellationToken cancellationToken)
    {
        bool some;
        do some = await PumpOnceAsync(final, cancellationToken);
        while (final && some);
    }

    public Task SayAsync(string level, string message, CancellationToken cancellationToken)
    {
        var batch = new RunBatch();
        batch.Lines.Add(new(level, message, clock.GetUtcNow()));
        return WriteAsync(batch, cancellationToken);
    }

    private async Task<bool> PumpOnceAsync(bool final, CancellationToken cancellationToken)
    {
        var events = _events.Read();
        var lines = _log.Read(final);
        if (events.Count == 0 && lines.Count == 0)
            return false;
        await WriteAsync(Batch(events, lines), cancellationToken);
        _phases.Follow(events.OfType<PhaseEvent>());
        // Of several checkpoints, only the newest is certainly still complete on disk, and only it matters.
        if (events.OfType<CheckpointEvent>().LastOrDefault() is { } checkpoint)
            await KeepAsync(checkpoint, cancellationToken);
        Result = events.OfType<ResultEvent>().LastOrDefault() ?? Result;
        Failure = events.OfType<FailedEvent>().LastOrDefault()?.Failure ?? Failure;
        _events.Acknowledge();
        _log.Acknowledge();
        return true;
    }

    private RunBatch Batch(List<RunEvent> events, List<string> lines)
    {
        var batch = new RunBatch { Running = events.Count > 0, Phase = events.OfType<PhaseEvent>().LastOrDefault() };
        batch.Points.AddRange(events.OfType<MetricEvent>());
        batch.Resolved.AddRange(events.OfType<ResolvedEvent>());
        foreach (var point in batch.Points.Where(p => p.Name == MetricNames.ValAccuracy))
            if (batch.Best is not { } best || point.Value > best.Accuracy)
                batch.Best = ((int)Math.Round(point.Epoch), point.Value);
        foreach (var line in lines.Where(l => !string.IsNullOrWhiteSpace(l)))
        {
            if (_lines++ == MaxLines)
                batch.Lines.Add(
                    new("warning", $"The training process wrote more than {MaxLines} lines; later lines are not kept.", clock.GetUtcNow())
                );
            if (_lines <= MaxLines)
                batch.Lines.Add(new(LevelOf(line), line, clock.GetUtcNow()));
        }
        return batch;
    }

    private async Task KeepAsync(CheckpointEvent checkpoint, CancellationToken cancellationToken)
    {
        var claim = writer.Claim;
        var key = ObjectKeys.Run(claim.OrgId, claim.RunId, claim.Fence, $"checkpoints/{checkpoint.Name}");
        try
        {
            if (!await checkpoints.UploadAsync(directory, checkpoint, key, cancellationToken))
                return;
        }
        catch (IOException full) when (DiskSpace.IsFull(full))
        {
            var message = $"The disk is full: the checkpoint of step {checkpoint.Step} is not stored. The previous one is kept.";
            await SayAsync("warning", message, cancellationToken);
            await checkpoints.DeleteAsync(key, cancellationToken);
            return;
        }
        var former = await DatabaseRetry.RunAsync(
            () => writer.CheckpointAsync(key, checkpoint.Step, checkpoint.At, cancellationToken),
            clock,
            cancellationToken
        );
        if (former is not null)
            await checkpoints.DeleteAsync(former, cancellationToken);
    }

    private Task WriteAsync(RunBatch batch, CancellationToken cancellationToken) =>
        batch.IsEmpty
            ? Task.CompletedTask
            : DatabaseRetry.RunAsync(() => writer.AppendAsync(batch, cancellationToken), clock, cancellationToken);

    private static string LevelOf(string line) =>
        line.StartsWith("error", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("unhandled exception", StringComparison.OrdinalIgnoreCase)
            ? "error"
        : line.StartsWith("warn", StringComparison.OrdinalIgnoreCase) || line.StartsWith("[W", StringComparison.Ordinal) ? "warning"
        : "info";
}

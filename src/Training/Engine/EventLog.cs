using System.Text.Json;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Engine;

/// <summary>
/// Appends to <c>events.jsonl</c>, one whole line at a time. A line torn by a kill is cut off at the start; a metric that is there already
/// is not written again, so that
/// no (name, step) ever has two values, also where the value is a timing. Checkpoints are announced by the thread that writes them.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private readonly FileStream _file;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, long> _written = new(StringComparer.Ordinal);

    private readonly Lock _oneLine = new();
    private readonly DiskRoom _room;

    public EventLog(string path, TimeProvider clock, CancellationToken stop)
    {
        _clock = clock;
        // The few bytes of a line may use the reserve.
        _room = new DiskRoom(Path.GetDirectoryName(path)!, 0, stop);
        // Without a buffer nothing is left over of a line that found the disk full.
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        _file.SetLength(ScanWholeLines());
        _file.Position = _file.Length;
    }

    public void Phase(string phase, double progress, double? etaSeconds = null) =>
        Append(new PhaseEvent(phase, progress, etaSeconds) { At = _clock.GetUtcNow() });

    public void Metric(string name, long step, double epoch, double value)
    {
        if (_written.TryGetValue(name, out var last) && step <= last)
            return;
        _written[name] = step;
        Append(new MetricEvent(name, step, epoch, value) { At = _clock.GetUtcNow() });
    }

    public void Checkpoint(string name, long step, double epoch, CheckpointFile[] files) =>
        Append(new CheckpointEvent(name, step, epoch, files) { At = _clock.GetUtcNow() });

    public void Resolved(IReadOnlyDictionary<string, string> settings) => Append(new ResolvedEvent(settings) { At = _clock.GetUtcNow() });

    public void Estimated(Domain.Runs.RunEstimate estimate) => Append(new EstimatedEvent(estimate) { At = _clock.GetUtcNow() });

    public void Result(Domain.Runs.RunResult result) => Append(new ResultEvent(result) { At = _clock.GetUtcNow() });

    public void Failed(Domain.Common.Failure failure) => Append(new FailedEvent(failure) { At = _clock.GetUtcNow() });

    public void Dispose() => _file.Dispose();

    private void Append(RunEvent line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, RunDirectory.Json), (byte)'\n'];
        // A line that is lost would be a step without its point: the training waits instead.
        lock (_oneLine)
            _room.Write("what happened", 0, () => Append(bytes));
    }

    private long Append(byte[] bytes)
    {
        var start = _file.Position;
        try
        {
            _file.Write(bytes);
            return _file.Position;
        }
        catch (IOException)
        {
            _file.SetLength(start);
            _file.Position = start;
            throw;
        }
    }

    /// <returns>The length up to the last whole line.</returns>
    private long ScanWholeLines()
    {
        using var reader = new StreamReader(_file, leaveOpen: true);
        long whole = 0;
        while (reader.ReadLine() is { } line)
        {
            var end = whole + System.Text.Encoding.UTF8.GetByteCount(line) + 1;
            if (end > _file.Length)
                break;
            whole = end;
            if (JsonSerializer.Deserialize<RunEvent>(line, RunDirectory.Json) is MetricEvent metric)
                _written[metric.Name] = Math.Max(metric.Step, _written.GetValueOrDefault(metric.Name));
        }
        return whole;
    }
}

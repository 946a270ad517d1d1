using System.Text.Json;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Runs;

namespace GpuGeek.Worker.Imports;

/// <summary>The child's events, as they come.</summary>
internal sealed class ImportEvents(JobDirectory directory)
{
    private const int MaxBatch = 200;
    private readonly LineTail _lines = new(directory.Events);
    private readonly Queue<string> _waiting = new();

    /// <returns>Empty: none is waiting.</returns>
    public List<ImportEvent> Next()
    {
        if (_waiting.Count == 0)
            foreach (var line in _lines.Read())
                _waiting.Enqueue(line);
        var events = new List<ImportEvent>(MaxBatch);
        while (events.Count < MaxBatch && _waiting.TryDequeue(out var line))
            events.Add(JsonSerializer.Deserialize<ImportEvent>(line, ImportSpec.Json)!);
        return events;
    }
}

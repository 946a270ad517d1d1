using System.Diagnostics;
using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Worker.Telemetry;

/// <summary>The phases of a training process as spans. The process cannot send any: it has no access to a collector.</summary>
internal sealed class PhaseSpans : IDisposable
{
    private Activity? _span;
    private string? _phase;

    public void Follow(IEnumerable<PhaseEvent> events)
    {
        foreach (var reported in events)
        {
            if (reported.Phase == _phase)
                continue;
            End(reported.At);
            _phase = reported.Phase;
            _span = Attempt.Part($"phase {reported.Phase}", reported.At);
        }
    }

    public void Dispose() => _span?.Dispose();

    private void End(DateTimeOffset at)
    {
        _span?.SetEndTime(at.UtcDateTime);
        _span?.Dispose();
        _span = null;
    }
}

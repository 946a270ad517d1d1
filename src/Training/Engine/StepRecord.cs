using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <param name="Loss">Of the batch, before the update; if it is not finite, there was no update.</param>
/// <param name="Accuracy">Of the batch, before the update.</param>
internal readonly record struct StepNumbers(long Step, double Loss, double Accuracy);

/// <summary>
/// The numbers of the last steps, on the device. Reading waits until the device has done all that was asked of it, and then it has nothing
/// to do: so steps leave their numbers in a buffer there, which is read once a second, and before something relies on them. The CPU
/// calculates at once and waits for nothing: there every step is read before its update.
/// </summary>
internal sealed class StepRecord : IDisposable
{
    public const int Capacity = 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Tensor? _values;
    private readonly List<long> _steps = [];
    private readonly TimeProvider _clock;
    private long _last;

    /// <param name="readsEveryStep">Null: as the device does.</param>
    public StepRecord(Device device, TimeProvider clock, bool? readsEveryStep = null)
    {
        ReadsEveryStep = readsEveryStep ?? device.type == DeviceType.CPU;
        (_clock, _last) = (clock, clock.GetTimestamp());
        if (!ReadsEveryStep)
            _values = zeros(Capacity, 2, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
    }

    /// <summary>The step itself reads its numbers; nothing is written here.</summary>
    public bool ReadsEveryStep { get; }

    public bool IsDue => _steps.Count == Capacity || (_steps.Count > 0 && _clock.GetElapsedTime(_last) >= Pause);

    /// <summary>At most <see cref="Capacity"/> steps between two readings.</summary>
    /// <param name="numbers">Loss and accuracy, float64, on the device.</param>
    public void Write(long step, Tensor numbers)
    {
        using var scope = NewDisposeScope();
        _values!.select(0, _steps.Count).copy_(numbers);
        _steps.Add(step);
    }

    /// <summary>Waits for the device.</summary>
    /// <returns>The steps since the last reading, in their order.</returns>
    public IReadOnlyList<StepNumbers> Take()
    {
        _last = _clock.GetTimestamp();
        if (_steps.Count == 0)
            return [];
        using var scope = NewDisposeScope();
        var values = _values!.narrow(0, 0, _steps.Count).cpu().data<double>().ToArray();
        StepNumbers[] taken = [.. _steps.Select((step, i) => new StepNumbers(step, values[2 * i], values[2 * i + 1]))];
        _steps.Clear();
        return taken;
    }

    public void Dispose() => _values?.Dispose();
}

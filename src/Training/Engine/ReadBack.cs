using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>
/// When the numbers of a step are read from the device. Reading waits until the device has done all that was asked of it, and then it
/// has nothing to do: so numbers are read once a second, and the steps between have no point in the curves. The CPU calculates at once
/// and waits for nothing: there every step is read.
/// </summary>
internal sealed class ReadBack(Device device, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private long? _last;

    public bool IsDue()
    {
        if (device.type == DeviceType.CPU)
            return true;
        if (_last is { } last && clock.GetElapsedTime(last) < Pause)
            return false;
        _last = clock.GetTimestamp();
        return true;
    }
}

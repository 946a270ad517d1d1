using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GpuGeek.Training.Graphs;

/// <summary>
/// libtorch's own autocast (Micikevicius et al. 2018, arXiv:1710.03740): convolutions and matrix products convert what they take and put
/// out the other type. TorchSharp does not wrap it. It holds for the thread that entered it, until it is disposed; backward passes belong
/// outside. What was set before is set again.
/// </summary>
internal sealed partial class Autocast : IDisposable
{
    private const string Torch = "torch_cpu";
    private readonly sbyte _device;
    private readonly bool _wasEnabled;
    private readonly sbyte _before;
    private bool _isOver;

    private Autocast(DeviceType device, ScalarType type)
    {
        _device = (sbyte)device;
        (_wasEnabled, _before) = (IsEnabled(_device), TypeOf(_device));
        SetType(_device, (sbyte)type);
        SetEnabled(_device, true);
        _ = IncrementNesting();
    }

    /// <returns>Null: nothing is converted.</returns>
    public static Autocast? Enter(Device device, Precision precision) =>
        precision == Precision.Float32
            ? null
            : new(
                device.type == TorchSharp.DeviceType.CUDA ? DeviceType.Cuda : DeviceType.Cpu,
                precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float16
            );

    public void Dispose()
    {
        if (_isOver)
            return;
        _isOver = true;
        // The weights that were converted belong to the outermost scope.
        if (DecrementNesting() == 0)
            ClearCache();
        SetEnabled(_device, _wasEnabled);
        SetType(_device, _before);
    }

    // c10::DeviceType.
    private enum DeviceType : sbyte
    {
        Cpu = 0,
        Cuda = 1,
    }

    [LibraryImport(Torch, EntryPoint = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE")]
    [return: MarshalAs(UnmanagedType.I1)]
    private static partial bool IsEnabled(sbyte device);

    [LibraryImport(Torch, EntryPoint = "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE")]
    private static partial sbyte TypeOf(sbyte device);

    [LibraryImport(Torch, EntryPoint = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb")]
    private static partial void SetEnabled(sbyte device, [MarshalAs(UnmanagedType.I1)] bool enabled);

    [LibraryImport(Torch, EntryPoint = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE")]
    private static partial void SetType(sbyte device, sbyte type);

    [LibraryImport(Torch, EntryPoint = "_ZN2at8autocast17increment_nestingEv")]
    private static partial int IncrementNesting();

    [LibraryImport(Torch, EntryPoint = "_ZN2at8autocast17decrement_nestingEv")]
    private static partial int DecrementNesting();

    [LibraryImport(Torch, EntryPoint = "_ZN2at8autocast11clear_cacheEv")]
    private static partial void ClearCache();
}

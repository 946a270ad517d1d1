namespace GpuGeek.Domain.Devices;

/// <summary>The device on which a slot trains.</summary>
/// <param name="Class"><see cref="DeviceClass.Cpu"/> or <see cref="DeviceClass.Gpu"/>.</param>
/// <param name="Id">The driver's UUID of a GPU; <c>cpu</c>.</param>
/// <param name="ClassName">The operator's name for it, if there is one.</param>
public sealed record SlotDevice(string Class, string Id, string? ClassName = null)
{
    public static SlotDevice Processor { get; } = new(DeviceClass.Cpu, DeviceClass.Cpu);

    /// <summary>Classes that it has, the most specific first.</summary>
    public string[] Classes => ClassName is null ? [Class] : [ClassName, Class];

    public bool IsGpu => Class == DeviceClass.Gpu;
}

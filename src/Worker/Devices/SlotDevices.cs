using GpuGeek.Domain.Devices;
using GpuGeek.Training.Devices;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Devices;

/// <summary>Which device each slot trains on: all the processor, or each slot a GPU, in turn where there are more slots than
/// GPUs.</summary>
internal sealed class SlotDevices
{
    private readonly WorkerOptions _options;
    private readonly MachineDevice[] _devices;

    public SlotDevices(IOptions<WorkerOptions> options)
    {
        _options = options.Value;
        var machine = _options.Machine();
        var wanted = _options.Devices.Length > 0 ? _options.Devices : Default(_options.TorchBackend, machine);
        _devices = [.. machine.Where(d => d.Class == wanted).Take(_options.Slots)];
    }

    public SlotDevice Of(int slot) => Of(_devices[slot % _devices.Length]);

    /// <returns>Null: no slot trains on it.</returns>
    public SlotDevice? Find(string id) => _devices.FirstOrDefault(d => d.Id == id) is { } device ? Of(device) : null;

    /// <summary>Each device with the number of slots that train on it.</summary>
    public IEnumerable<(MachineDevice Device, int Slots)> All =>
        _devices.Select((device, i) => (device, (_options.Slots - i + _devices.Length - 1) / _devices.Length));

    private SlotDevice Of(MachineDevice device) => new(device.Class, device.Id, ClassName);

    private string? ClassName => _options.DeviceClass is { Length: > 0 } name ? name : null;

    /// <summary>GPUs where nothing is set, libtorch can use them and the machine has some.</summary>
    public static string Default(string torchBackend, IReadOnlyList<MachineDevice> machine) =>
        torchBackend == TorchBuild.Cuda && machine.Any(d => d.Class == DeviceClass.Gpu) ? DeviceClass.Gpu : DeviceClass.Cpu;
}

/// <summary>Refuses at the start what would otherwise fail in the first training.</summary>
internal sealed class DeviceCheck : IValidateOptions<WorkerOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkerOptions options) =>
        Problem(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;

    private static string? Problem(WorkerOptions options)
    {
        if (options.DeviceClass.Length > 0 && !DeviceClass.IsName(options.DeviceClass))
            return "GPUGEEK_DEVICE_CLASS must have 1 to 32 lower-case letters, digits and dashes, and must not be 'cpu' or 'gpu'.";
        if (options.Devices != DeviceClass.Gpu)
            return null;
        if (options.TorchBackend != TorchBuild.Cuda)
            return "GPUGEEK_DEVICES is 'gpu', but this worker's libtorch computes on the processor alone: use the image for GPUs.";
        return options.Machine().Any(d => d.Class == DeviceClass.Gpu)
            ? null
            : "GPUGEEK_DEVICES is 'gpu', but NVIDIA's driver shows no GPU here: install the driver, or in a container ask for its GPUs.";
    }
}

using System.Globalization;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Models;
using GpuGeek.Training.Common;
using GpuGeek.Training.Devices;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using TorchSharp;

namespace GpuGeek.Training;

/// <param name="Problem">Trainings fail, or take far longer than they must; the text says what to do.</param>
public sealed record DoctorFinding(string Title, string Text, bool Problem = false);

/// <summary>Whether this machine can train, and on what. It tries, and does not only ask.</summary>
public static class TrainingDoctor
{
    private const string Network = "mobilenet_v2";
    private const int AtOnce = 8;

    /// <summary>On one thread, in a process that does nothing else: it loads libtorch.</summary>
    /// <param name="threads">Of libtorch.</param>
    public static IEnumerable<DoctorFinding> Findings(int threads)
    {
        var devices = MachineDevice.All();
        foreach (var device in devices)
            yield return new(device.Class == DeviceClass.Gpu ? "GPU" : "Processor", Describe(device));
        var gpus = devices.Count(d => d.Class == DeviceClass.Gpu);
        if (gpus == 0)
            yield return new("GPU", "none: NVIDIA's driver does not answer here");
        if (Loading() is { } failure)
        {
            yield return new("libtorch", $"{failure.Detail} {failure.Hint}", Problem: true);
            yield break;
        }
        torch.set_num_threads(threads);
        yield return new("libtorch", $"{torch.__version__}, {threads} thread{(threads == 1 ? "" : "s")}");
        yield return OfAllocator();
        var usable = torch.cuda.is_available();
        yield return OfCuda(usable, gpus);
        yield return Trained("processor", torch.CPU);
        if (usable)
            yield return Trained("GPU", new torch.Device(DeviceType.CUDA, 0));
    }

    private static Domain.Common.Failure? Loading()
    {
        try
        {
            NativeTuning.Apply();
            NativeLibtorch.Load();
            NativeTuning.LoadWithoutNnpack();
            return null;
        }
        catch (TrainingFailedException failed)
        {
            return failed.Failure;
        }
    }

    private static string Describe(MachineDevice device) =>
        device.Model
        + (device.MemoryBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $", {bytes / 1e9:0.0} GB of memory") : "")
        + (device.Driver is { } driver ? $", driver {driver}" : "")
        + (device.Class == DeviceClass.Gpu ? $", {device.Id}" : $", {Environment.ProcessorCount} cores");

    private static DoctorFinding OfAllocator() =>
        new(
            "Allocator",
            TrainingAllocator.InUse
                ?? $"the C library's: trainings take up to a third more memory than with {TrainingAllocator.Library}, "
                    + "of the package libtcmalloc-minimal4 or libtcmalloc-minimal4t64"
        );

    private static DoctorFinding OfCuda(bool usable, int gpus) =>
        (usable, gpus) switch
        {
            (true, _) => new("CUDA", $"{torch.cuda.device_count()} devices"),
            (false, 0) => new("CUDA", "not in use"),
            _ => new(
                "CUDA",
                "the driver has a GPU and libtorch does not use it: this build is for processors. docs/gpu.md says how to build for CUDA.",
                Problem: true
            ),
        };

    private static DoctorFinding Trained(string on, torch.Device device)
    {
        var card = ModelCatalog.All[Network];
        var graph = ModelRegistry.Build(Network, classes: 10, card.InputSize);
        var seconds = PrecisionTrial.Seconds(graph, card.InputSize, AtOnce, device, TimeProvider.System);
        string Rate(Precision precision) => (AtOnce / seconds[precision]).ToString("0.0", CultureInfo.InvariantCulture);
        return new(
            "Training",
            $"{Network} at {card.InputSize} pixels on the {on}: {Rate(Precision.Float32)} pictures a second in float32, "
                + $"{Rate(Precision.BFloat16)} in bfloat16"
        );
    }
}

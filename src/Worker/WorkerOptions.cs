using System.ComponentModel.DataAnnotations;
using GpuGeek.Training.Devices;
using GpuGeek.Worker.Devices;

namespace GpuGeek.Worker;

/// <summary>Set by <c>GPUGEEK_WORK</c>, <c>GPUGEEK_WEIGHTS</c>, <c>GPUGEEK_SLOTS</c>, <c>GPUGEEK_CACHE_BYTES</c>,
/// <c>GPUGEEK_LAUNCHER</c>, <c>GPUGEEK_DEVICES</c> and <c>GPUGEEK_DEVICE_CLASS</c>.</summary>
public sealed class WorkerOptions
{
    public const string Section = "Worker";

    /// <summary>Local folder for run directories, jobs and the picture cache. One worker per folder. Best on the object store's file
    /// system: then pictures are linked, not copied.</summary>
    [Required(ErrorMessage = "GPUGEEK_WORK is not set: it is the local folder for run directories and the picture cache.")]
    public string Work { get; set; } = "";

    /// <summary>Folder with published weights, for machines without internet access; null if there is none.</summary>
    public string? Weights { get; set; }

    /// <summary>Number of concurrent trainings. They share the processor's cores.</summary>
    [Range(1, 64, ErrorMessage = "GPUGEEK_SLOTS must be a number from 1 to 64: the number of concurrent trainings.")]
    public int Slots { get; set; } = 1;

    /// <summary>Maximum size of the picture cache in bytes; least recently used pictures are deleted first.</summary>
    [Range(1L << 20, long.MaxValue, ErrorMessage = "GPUGEEK_CACHE_BYTES must be at least 1048576.")]
    public long CacheBytes { get; set; } = 20L << 30;

    /// <summary><c>process</c>: each run has a supervisor in a process of its own. Empty: this process supervises its runs.</summary>
    [RegularExpression(
        "^(process)?$",
        ErrorMessage = "GPUGEEK_LAUNCHER must be 'process', or unset: this worker supervises its runs itself."
    )]
    public string Launcher { get; set; } = "";

    /// <summary><c>cpu</c>: all slots train on the processor. <c>gpu</c>: each has a GPU. Empty: <c>gpu</c> where libtorch can use GPUs
    /// and the machine has one.</summary>
    [RegularExpression("^(cpu|gpu)?$", ErrorMessage = "GPUGEEK_DEVICES must be 'cpu' or 'gpu', or unset: GPUs where they can be used.")]
    public string Devices { get; set; } = "";

    /// <summary>The operator's name for this machine's devices, which runs can ask for and plans can price. Empty: none.</summary>
    public string DeviceClass { get; set; } = "";

    /// <summary>The machine's devices; others in tests.</summary>
    internal Func<IReadOnlyList<MachineDevice>> Machine { get; set; } = MachineDevice.All;

    internal string TorchBackend { get; set; } = TorchBuild.Backend;

    /// <summary>How often the worker announces its devices.</summary>
    internal TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Started instead of <c>train DIR</c>: for tests of the supervisor.</summary>
    internal string[]? TrainerCommand { get; set; }

    /// <summary>How often the worker polls the database for work without a notification, and for runs whose lease expired.</summary>
    internal TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a training's new points and lines are stored: each time is a transaction and a message to who watches.</summary>
    internal TimeSpan Record { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a training run checks for a requested cancellation.</summary>
    internal TimeSpan CancelPoll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time from SIGTERM to SIGKILL.</summary>
    internal TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);

    internal string Runs => Path.Combine(Work, "runs");
    internal string Jobs => Path.Combine(Work, "jobs");
    internal string Supervisors => Path.Combine(Work, "supervisors");
    internal string Cache => Path.Combine(Work, "cache");
}

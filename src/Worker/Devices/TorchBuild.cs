using System.Reflection;

namespace GpuGeek.Worker.Devices;

/// <summary>The libtorch that this worker was built with, from the build itself: loading it would cost every worker its memory.</summary>
internal static class TorchBuild
{
    public const string Cpu = "cpu",
        Cuda = "cuda";

    private const string External = "external",
        Folder = "GPUGEEK_LIBTORCH";

    /// <summary><see cref="Cpu"/> or <see cref="Cuda"/>. A build that brings none has what is in the machine's folder.</summary>
    public static string Backend { get; } =
        Of("TorchBackend") == External ? OfFolder(Environment.GetEnvironmentVariable(Folder)) : Of("TorchBackend");

    /// <summary>Version and back end, as PyTorch writes them.</summary>
    public static string Version { get; } = $"{Of("Libtorch")}+{Backend}";

    internal static string OfFolder(string? folder) => File.Exists(Path.Combine(folder ?? "", "libtorch_cuda.so")) ? Cuda : Cpu;

    private static string Of(string key) =>
        typeof(TorchBuild).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}

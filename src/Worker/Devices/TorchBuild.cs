using System.Reflection;

namespace GpuGeek.Worker.Devices;

/// <summary>The libtorch that this worker was built with, from the build itself: loading it would cost every worker its memory.</summary>
internal static class TorchBuild
{
    public const string Cpu = "cpu",
        Cuda = "cuda";

    /// <summary><see cref="Cpu"/> or <see cref="Cuda"/>.</summary>
    public static string Backend { get; } = Of("TorchBackend");

    /// <summary>Version and back end, as PyTorch writes them.</summary>
    public static string Version { get; } = $"{Of("Libtorch")}+{Backend}";

    private static string Of(string key) =>
        typeof(TorchBuild).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}

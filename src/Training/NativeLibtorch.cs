using System.Runtime.InteropServices;
using GpuGeek.Training.Common;

namespace GpuGeek.Training;

/// <summary>
/// libtorch from a folder of the machine (<c>GPUGEEK_LIBTORCH</c>), for builds that bring none (<c>-p:TorchBackend=external</c>): that of
/// CUDA has several gigabytes. Loaded with their full paths and for all, so that TorchSharp's own library, which asks for them by name,
/// takes these.
/// </summary>
internal static partial class NativeLibtorch
{
    public const string Variable = "GPUGEEK_LIBTORCH";

    // dlfcn.h
    private const int Now = 2,
        Global = 0x100;

    private const string OfProcessor = "libtorch_cpu.so";

    // In the order in which they need one another; those of CUDA where the folder has them.
    private static readonly string[] Wanted = ["libc10.so", OfProcessor, "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    /// <summary>Before the first tensor. Nothing where the build has its own.</summary>
    /// <exception cref="TrainingFailedException"><c>libtorch_missing</c>.</exception>
    public static void Load()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        var own = Directory.EnumerateFiles(AppContext.BaseDirectory, OfProcessor, SearchOption.AllDirectories).FirstOrDefault();
        if (string.IsNullOrEmpty(folder))
        {
            if (own is null)
                throw Refused(
                    $"This build brings no libtorch, and {Variable} is not set.",
                    $"Set {Variable} to a folder with libtorch 2.10."
                );
            return;
        }
        if (own is not null)
            throw Refused(
                $"{Variable} is set, and this build has a libtorch of its own ({own}): a process cannot have two.",
                $"Unset {Variable}, or build with -p:TorchBackend=external."
            );
        foreach (
            var name in Wanted.Where(name => !name.Contains("cuda", StringComparison.Ordinal) || File.Exists(Path.Combine(folder, name)))
        )
            if (Open(Path.Combine(folder, name), Now | Global) == 0)
                throw Refused(
                    $"{Variable} is '{folder}': {Marshal.PtrToStringUTF8(Error()) ?? name}.",
                    "Name the folder that has libtorch 2.10 and what it needs, such as the folder lib of its archive."
                );
    }

    private static TrainingFailedException Refused(string why, string what) =>
        new("libtorch_missing", "libtorch cannot be loaded", why, what);

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dlerror")]
    private static partial nint Error();
}

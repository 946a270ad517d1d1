using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace GpuGeek.Training.Checkpoints;

/// <summary>What the last bits of a training depend on, beside its spec: libtorch chooses its kernels, and those of its oneDNN, by the
/// processor's instructions and the number of threads.</summary>
internal sealed record EnvironmentStamp(string Processor, string Libtorch, int Threads)
{
    public static EnvironmentStamp Here(int threads) => new(Describe(), torch.__version__, threads);

    /// <summary>The GPU's model; null: the processor computes.</summary>
    public string? Device { get; init; }

    /// <summary>As in "X64 avx2 avx512, libtorch 2.7.1, 2 threads".</summary>
    public override string ToString() =>
        $"{Processor}, libtorch {Libtorch}, {Threads} thread{(Threads == 1 ? "" : "s")}{(Device is null ? "" : $", {Device}")}";

    private static string Describe()
    {
        (string Name, bool Has)[] instructions =
        [
            ("neon", AdvSimd.IsSupported),
            ("avx2", Avx2.IsSupported),
            ("avx512", Avx512F.IsSupported),
            ("avx512-vbmi", Avx512Vbmi.IsSupported),
            ("avx-vnni", AvxVnni.IsSupported),
            ("avx10", Avx10v1.IsSupported),
        ];
        return string.Join(' ', [$"{RuntimeInformation.ProcessArchitecture}", .. instructions.Where(i => i.Has).Select(i => i.Name)]);
    }
}

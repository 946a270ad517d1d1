using System.Runtime.InteropServices;

namespace GpuGeek.Training.Tests.Graphs;

/// <summary>Memory allocated by the C library: it includes libtorch's tensors on the CPU, but not .NET's objects.</summary>
internal static partial class NativeHeap
{
    [StructLayout(LayoutKind.Sequential)]
    private struct Figures
    {
        public nuint Arena,
            FreeChunks,
            FastChunks,
            Mapped,
            MappedBytes,
            Unused,
            FastBytes,
            UsedBytes,
            FreeBytes,
            Releasable;
    }

    public static long Bytes => Read() is var f ? (long)(f.UsedBytes + f.MappedBytes) : 0;

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial Figures Read();
}

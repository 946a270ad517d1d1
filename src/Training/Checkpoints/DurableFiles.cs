using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Training.Checkpoints;

/// <summary>Writes that survive a power cut.</summary>
internal static class DurableFiles
{
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = File.Create(path);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    /// <summary>A rename is durable only when the directory that holds the name is.</summary>
    public static void FlushDirectory(string path)
    {
        using SafeFileHandle handle = Posix.OpenDirectory(path);
        Posix.Flush(handle, path);
    }
}

using System.Runtime.InteropServices;

namespace GpuGeek.Infrastructure.Storage;

internal static partial class DurableFolder
{
    private const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY on x86-64
    private const int ReadOnlyDirectoryArm = 0x4000; // the same on arm64

    /// <summary>Makes the names in a folder survive a power cut: flushing a file does not make its name durable.</summary>
    /// <exception cref="IOException"/>
    public static void Flush(string folder) => Flush(folder, fsync);

    /// <summary>Makes everything durable that was written to a folder's file system: for many small files far sooner than one after
    /// another.</summary>
    /// <exception cref="IOException"/>
    public static void FlushAll(string folder) => Flush(folder, syncfs);

    private static void Flush(string folder, Func<int, int> flush)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var handle = open(folder, RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ReadOnlyDirectoryArm : ReadOnlyDirectory);
        if (handle < 0)
            throw new IOException($"The folder {folder} cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (flush(handle) != 0)
                throw new IOException($"The folder {folder} cannot be flushed to disk (error {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = close(handle);
        }
    }

    /// <summary>Creates the missing folders of a path, each durable in its parent.</summary>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder))
            return;
        var parent = Path.GetDirectoryName(folder)!;
        Create(parent);
        Directory.CreateDirectory(folder);
        Flush(parent);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(int handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int handle);
}

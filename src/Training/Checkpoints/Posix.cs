using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Training.Checkpoints;

/// <summary>.NET opens no directories, so their fsync goes to the C library.</summary>
internal static partial class Posix
{
    private const int ReadOnlyDirectory = 0x10000;

    public static SafeFileHandle OpenDirectory(string path)
    {
        var descriptor = Open(path, ReadOnlyDirectory);
        if (descriptor < 0)
            throw new IOException(
                $"Cannot open the folder of {Path.GetFileName(path)}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}"
            );
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public static void Flush(SafeFileHandle handle, string path)
    {
        if (Fsync(handle) != 0)
            throw new IOException(
                $"Cannot flush the folder of {Path.GetFileName(path)}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}"
            );
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle handle);
}

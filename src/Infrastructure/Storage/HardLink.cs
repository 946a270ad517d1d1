using System.Runtime.InteropServices;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>A second name for a file on the same file system: no bytes move. Both names must be treated as read-only.</summary>
public static partial class HardLink
{
    /// <returns>False when the file systems differ or do not link: then copy.</returns>
    public static bool TryCreate(string existing, string name)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        if (link(existing, name) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == 17 && File.Exists(name); // EEXIST: somebody was faster with the same content-addressed name
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);
}

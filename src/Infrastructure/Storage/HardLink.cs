using System.Runtime.InteropServices;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>A hard link on the same file system: no bytes are copied. Both names must be treated as read-only.</summary>
public static partial class HardLink
{
    /// <returns>False if the file systems differ or do not support links: then copy.</returns>
    public static bool TryCreate(string existing, string name)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        if (link(existing, name) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == 17 && File.Exists(name); // EEXIST: another process has stored the same content
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);
}

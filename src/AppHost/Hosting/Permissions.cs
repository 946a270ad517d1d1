using System.Runtime.InteropServices;

namespace GpuGeek.AppHost.Hosting;

internal static partial class Permissions
{
    private const uint GroupAndOthers = 0b000_111_111;

    /// <summary>Makes new files of this process and its children private to their account (umask 077).</summary>
    public static void OwnerOnly() => _ = umask(GroupAndOthers);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);
}

using System.Runtime.InteropServices;

namespace GpuGeek.AppHost.Hosting;

internal static partial class Permissions
{
    private const uint GroupAndOthers = 0b000_111_111;

    /// <summary>What this process and its children make from now on is for their own account alone (umask 077).</summary>
    public static void OwnerOnly() => _ = umask(GroupAndOthers);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);
}

using System.Globalization;
using GpuGeek.AppHost.Hosting;

namespace GpuGeek.AppHost.Backups;

/// <summary>Checks the free space before anything is written; the reserve stays free for the database.</summary>
internal static class Room
{
    private const string Variable = "GPUGEEK_RESERVE_BYTES";
    private const long UsualReserve = 2L << 30;

    /// <param name="folder">An existing folder.</param>
    /// <param name="what">Name of the operation that needs the bytes.</param>
    /// <exception cref="PartFailedException">There is not enough space.</exception>
    public static void Demand(string folder, long bytes, string what)
    {
        var reserve = ByteSetting.Read(Variable, UsualReserve);
        var free = Math.Max(0, new DriveInfo(folder).AvailableFreeSpace - reserve);
        if (free < bytes)
            throw new PartFailedException(
                what,
                $"it needs {Text(bytes)} on the disk of {folder}, where {Text(free)} are free, not counting the reserve of {Text(reserve)} "
                    + $"for the database ({Variable}). Free disk space, or choose another disk. Nothing was written."
            );
    }

    public static string Text(long bytes) =>
        bytes switch
        {
            < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / 1024.0):0} KiB"),
            < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.0} GiB"),
        };
}

using System.Globalization;
using GpuGeek.AppHost.Hosting;

namespace GpuGeek.AppHost.Backups;

/// <summary>Free space is asked for before anything is written; the last bytes stay free for the database, as everywhere.</summary>
internal static class Room
{
    private const string Variable = "GPUGEEK_RESERVE_BYTES";
    private const long UsualReserve = 2L << 30;

    /// <param name="folder">It exists.</param>
    /// <param name="what">Who needs the bytes.</param>
    /// <exception cref="PartFailedException">There is too little room.</exception>
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

using System.Globalization;

namespace GpuGeek.Training.Common;

/// <summary>How much memory a process may have here: what the machine has, or less where a control group limits it.</summary>
internal static class MachineMemory
{
    /// <param name="root">Where the system's files are; another folder in tests.</param>
    /// <returns>Bytes; null: the system does not say.</returns>
    public static long? Limit(string root = "/")
    {
        long?[] limits = [OfMachine(root), .. OfGroups(root)];
        return limits.Min();
    }

    private static long? OfMachine(string root) =>
        Lines(Path.Combine(root, "proc/meminfo")).FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))
            is { } total
        && long.TryParse(total["MemTotal:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), out var kilobytes)
            ? kilobytes * 1024
            : null;

    /// <summary>The limits of the own group and of those that it lies in (cgroup v2); a group without one says "max".</summary>
    private static IEnumerable<long?> OfGroups(string root)
    {
        var own = Lines(Path.Combine(root, "proc/self/cgroup")).FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal));
        for (var group = own?["0::/".Length..]; group is not null; group = group.Length > 0 ? Path.GetDirectoryName(group) : null)
            if (
                Lines(Path.Combine(root, "sys/fs/cgroup", group, "memory.max")).FirstOrDefault() is { } written
                && long.TryParse(written, CultureInfo.InvariantCulture, out var limit)
            )
                yield return limit;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (UnauthorizedAccessException)
        {
            // A system that hides its limits is one without a limit that could be told.
            return [];
        }
    }
}

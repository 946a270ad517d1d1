using System.Diagnostics;
using System.Globalization;

namespace GpuGeek.TestSupport.Platform;

/// <summary>Reads /proc: the tests check real processes, not recorded state.</summary>
public static class Processes
{
    /// <summary>Living processes whose command line holds the text.</summary>
    public static IReadOnlyList<(int Pid, string CommandLine)> With(string text)
    {
        var found = new List<(int, string)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId)
                continue;
            try
            {
                var line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
                if (line.Contains(text, StringComparison.Ordinal))
                    found.Add((pid, line));
            }
            catch (IOException)
            {
                // It exited between the listing and the reading.
            }
        }
        return found;
    }

    /// <summary>Processes that a platform started: their arguments or environment contain its data directory.</summary>
    public static IReadOnlyList<int> Of(RunningPlatform platform) =>
        [.. ByEnvironment(platform.DataDirectory).Append(platform.ProcessId).Distinct().Where(IsAlive)];

    /// <summary>The process of a host, such as <c>Worker</c>.</summary>
    public static int Host(RunningPlatform platform, string name, string verb = "") =>
        ByEnvironment(platform.DataDirectory)
            .Single(pid =>
                CommandLine(pid) is { } line
                && line.Split(' ')[0].EndsWith($"/GpuGeek.{name}", StringComparison.Ordinal)
                && (
                    verb.Length == 0
                        ? !line.Contains(" train ", StringComparison.Ordinal) && !line.Contains(" import ", StringComparison.Ordinal)
                        : line.Contains($" {verb} ", StringComparison.Ordinal)
                )
            );

    /// <summary>The server of a PostgreSQL cluster, as its folder says.</summary>
    public static int Postmaster(string cluster) =>
        int.Parse(File.ReadLines(Path.Combine(cluster, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public static int Postmaster(RunningPlatform platform) => Postmaster(Path.Combine(platform.DataDirectory, "postgres/cluster"));

    /// <summary>The hosts that serve, in the same order each time.</summary>
    public static List<int> Hosts(RunningPlatform platform) =>
        [.. ((string[])["Web", "Api", "Predictor", "Worker"]).Select(name => Host(platform, name))];

    public static bool IsAlive(int pid) => Read(pid, "stat") is { } stat && !stat.Contains(") Z ", StringComparison.Ordinal);

    public static void Signal(int pid, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public static async Task<bool> AllGoneAsync(IEnumerable<int> pids, TimeSpan patience)
    {
        var watched = pids.ToList();
        var started = Stopwatch.GetTimestamp();
        while (watched.Exists(IsAlive))
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
                return false;
            await Task.Delay(100);
        }
        return true;
    }

    private static string? CommandLine(int pid) => Read(pid, "cmdline");

    private static IEnumerable<int> ByEnvironment(string data) =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(f => int.TryParse(Path.GetFileName(f), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid =>
                pid > 0
                && pid != Environment.ProcessId
                && (
                    (Read(pid, "environ") ?? "").Contains(data, StringComparison.Ordinal)
                    || (Read(pid, "cmdline") ?? "").Contains(data, StringComparison.Ordinal)
                )
            );

    private static string? Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}").Replace('\0', ' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

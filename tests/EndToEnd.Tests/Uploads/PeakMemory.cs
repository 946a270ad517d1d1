using System.Collections.Concurrent;
using System.Globalization;
using GpuGeek.TestSupport.Platform;
using Table = GpuGeek.TestSupport.Platform.Processes;

namespace GpuGeek.EndToEnd.Tests.Uploads;

/// <summary>The kernel's own high-water marks, in bytes.</summary>
internal static class PeakMemory
{
    /// <summary>Forgets the peak so far.</summary>
    public static void Reset(int pid) => File.WriteAllText($"/proc/{pid}/clear_refs", "5");

    public static long Of(int pid) => Read(pid) ?? throw new InvalidOperationException($"Process {pid} is gone.");

    /// <summary>Watches the processes that read archives, which come and go.</summary>
    /// <returns>The highest peak seen of each.</returns>
    public static async Task<IReadOnlyDictionary<int, long>> WatchImportersAsync(RunningPlatform platform, CancellationToken stop)
    {
        var peaks = new ConcurrentDictionary<int, long>();
        while (!stop.IsCancellationRequested)
        {
            foreach (var (pid, line) in Table.With(platform.DataDirectory))
                if (line.Contains("/GpuGeek.Worker import ", StringComparison.Ordinal) && Read(pid) is { } peak)
                    peaks[pid] = peak;
            await Task.Delay(100, CancellationToken.None);
        }
        return peaks;
    }

    private static long? Read(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null
                ? null
                : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

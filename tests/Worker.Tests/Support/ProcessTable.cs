using System.Globalization;
using GpuGeek.TestSupport;

namespace GpuGeek.Worker.Tests.Support;

internal static class ProcessTable
{
    /// <summary>Runs; a zombie does not.</summary>
    public static bool Alive(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Processes whose command line holds the text.</summary>
    public static List<int> WithArgument(string text) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(Path.GetFileName)
                .Where(n => int.TryParse(n, CultureInfo.InvariantCulture, out _))
                .Select(n => int.Parse(n!, CultureInfo.InvariantCulture))
                .Where(pid => CommandLine(pid).Contains(text, StringComparison.Ordinal) && Alive(pid)),
        ];

    /// <summary>Waits for such a process, kills all of them and waits until they are gone.</summary>
    public static async Task KillWithArgumentAsync(string text)
    {
        var found = await Eventually.HoldsAsync(() => WithArgument(text), processes => processes.Count > 0);
        foreach (var one in found)
            ChildProcesses.Signals.Send(one, ChildProcesses.Signals.Kill);
        await Eventually.HoldsAsync(() => found.Count(Alive), alive => alive == 0);
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}

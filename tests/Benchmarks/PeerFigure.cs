using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace GpuGeek.Benchmarks;

/// <summary>What a script of tests/Peers measures on the same files.</summary>
internal static class PeerFigure
{
    /// <returns>Pictures a second, or "absent": Python or what the script needs is not installed.</returns>
    public static string PicturesPerSecond(string script, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Root(), "tests", "Peers", script), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        );
        if (process is null)
            return "absent";
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            return "absent";
        using var result = JsonDocument.Parse(output);
        return result.RootElement.GetProperty("images_per_second").GetDouble().ToString("F0", CultureInfo.InvariantCulture);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GpuGeek.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run the benchmarks from a checkout.");
        return folder;
    }
}

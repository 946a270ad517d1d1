using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuGeek.Training;

namespace GpuGeek.Benchmarks;

/// <summary>What a script of tests/Peers measures on the same files.</summary>
internal static class PeerFigure
{
    /// <summary>The allocator that the worker's trainings have, for another process; and what the engine tells glibc's.</summary>
    public static (string, string)[] Allocator() =>
        [
            .. TrainingAllocator.Variables().Select(v => (v.Key, v.Value)),
            ("MALLOC_MMAP_MAX_", "0"),
            ("MALLOC_TRIM_THRESHOLD_", int.MaxValue.ToString(CultureInfo.InvariantCulture)),
            ("MALLOC_TOP_PAD_", (64 << 20).ToString(CultureInfo.InvariantCulture)),
        ];

    /// <returns>Pictures a second, or "absent": Python or what the script needs is not installed.</returns>
    public static string PicturesPerSecond(string script, params string[] arguments) =>
        Measure(script, arguments)?.GetProperty("images_per_second").GetDouble().ToString("F0", CultureInfo.InvariantCulture) ?? "absent";

    /// <param name="environment">Beside the own process's variables.</param>
    /// <returns>The object that the script prints; null: Python or what the script needs is not installed, or it failed.</returns>
    public static JsonElement? Measure(string script, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Output("/usr/bin/python3", [Path.Combine(Root(), "tests", "Peers", script), .. arguments], environment);

    /// <returns>The last line that a program prints, as JSON; null: it failed.</returns>
    public static JsonElement? Output(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start);
        if (process is null)
            return null;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement : null;
    }

    public static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GpuGeek.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run the benchmarks from a checkout.");
        return folder;
    }
}

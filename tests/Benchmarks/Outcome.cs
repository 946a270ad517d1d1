using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Benchmarks;

/// <summary>A trained model on the test pictures.</summary>
/// <param name="Right">By the picture's hash: whether the model was right about it.</param>
internal sealed record Outcome(string Name, double Seconds, IReadOnlyDictionary<string, bool> Right)
{
    public double Accuracy => Right.Values.Average(right => right ? 1.0 : 0.0);

    /// <param name="split">Its test pictures are those of the script's answers.</param>
    public static Outcome OfScript(string name, string script, IEnumerable<string> arguments, PictureSplit split)
    {
        var result =
            PeerFigure.Measure(script, arguments, PeerFigure.Allocator())
            ?? throw new InvalidOperationException("The peer failed; install it with tests/Peers/torchvision.sh.");
        var right = result.GetProperty("right").EnumerateArray().Select(one => one.GetInt32() == 1);
        return new(
            name,
            result.GetProperty("seconds").GetDouble(),
            split.Test.Zip(right).ToDictionary(pair => PictureSplit.Hash((string)pair.First[0]), pair => pair.Second)
        );
    }

    /// <summary>The command that people type, from its start to its end.</summary>
    public static Outcome OfRun(string name, IEnumerable<string> arguments, string work, int seed)
    {
        var target = Path.Combine(work, $"{name}-{seed}");
        var began = Stopwatch.GetTimestamp();
        Worker([.. arguments, "--out", target]);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var right = File.ReadLines(Path.Combine(target, "run", "result", ResultFiles.Predictions))
            .Select(line => JsonSerializer.Deserialize<TestPrediction>(line, RunDirectory.Json)!)
            .ToDictionary(p => p.Hash, p => p.Label == p.Predicted);
        return new(name, seconds, right);
    }

    /// <returns>What it prints.</returns>
    public static string Worker(IEnumerable<string> arguments)
    {
        var worker = Path.Combine(PeerFigure.Root(), "src", "Worker", "bin", "Release", "net10.0", "GpuGeek.Worker");
        using var process = Process.Start(new ProcessStartInfo(worker, arguments) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said;
    }

    public static void Compare(List<Outcome> outcomes, string ours, string theirs)
    {
        Outcome[] us = [.. outcomes.Where(o => o.Name == ours)],
            them = [.. outcomes.Where(o => o.Name == theirs)];
        var pairs = us.Zip(them)
            .SelectMany(pair => pair.First.Right.Select(r => (Ours: r.Value, Theirs: pair.Second.Right[r.Key])))
            .ToArray();
        int better = pairs.Count(p => p is (true, false)),
            worse = pairs.Count(p => p is (false, true));
        Print($"{ours} beside {theirs}: {us.Average(o => o.Accuracy):P2} and {them.Average(o => o.Accuracy):P2}");
        Print($"    in {us.Average(o => o.Seconds) / them.Average(o => o.Seconds):F2} of its time");
        Print($"    McNemar {better}:{worse}, p = {McNemar(better, worse):F3}");
    }

    /// <summary>The exact test: two sides, of a fair coin.</summary>
    private static double McNemar(int better, int worse)
    {
        var tosses = better + worse;
        double chance = Math.Pow(0.5, tosses),
            sum = 0;
        for (var heads = 0; heads <= Math.Min(better, worse); heads++)
        {
            sum += chance;
            chance *= (double)(tosses - heads) / (heads + 1);
        }
        return Math.Min(1, 2 * sum);
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

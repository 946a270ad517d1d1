using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Benchmarks;

/// <summary>
/// What people wait for: seconds from a folder of pictures to a tested model, and how good it is; beside two scripts that fine-tune the
/// same network from the same weights on the same split (<c>tests/Peers/finetune_peer.py</c>). Half of the pictures train, a tenth
/// validate, the rest test.
/// </summary>
internal static class AccuracyBenchmark
{
    private const string Weights = "mobilenet_v2-*.pth";
    private static readonly string[] Scripts = ["tutorial", "strong"];

    /// <param name="Right">By the picture's hash: whether the model was right about it.</param>
    private sealed record Outcome(string Name, double Seconds, IReadOnlyDictionary<string, bool> Right)
    {
        public double Accuracy => Right.Values.Average(right => right ? 1.0 : 0.0);
    }

    /// <param name="pictures">A folder for each class.</param>
    /// <param name="weights">The folder with published weights.</param>
    public static void Run(string pictures, string weights, int seeds)
    {
        var work = Directory.CreateTempSubdirectory("gpugeek-accuracy");
        try
        {
            var split = Split(pictures, work.FullName);
            Console.WriteLine($"{split.Train.Length} pictures train, {split.Val.Length} validate, {split.Test.Length} test; {seeds} seeds");
            List<Outcome> outcomes = [];
            for (var seed = 0; seed < seeds; seed++)
            {
                foreach (var script in Scripts)
                    Keep(Theirs(script, split, weights, seed, work.FullName), seed);
                foreach (var preset in RecipePresets.Names)
                    Keep(Ours(preset, weights, seed, work.FullName), seed);
            }
            Summarise(outcomes);

            void Keep(Outcome outcome, int seed)
            {
                outcomes.Add(outcome);
                Print($"{outcome.Name, -10} seed {seed}: {outcome.Seconds, 6:F1} s, {outcome.Accuracy, 6:P2}");
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static void Summarise(List<Outcome> outcomes)
    {
        Compare(outcomes, RecipePresets.Fast, "tutorial");
        Compare(outcomes, RecipePresets.Balanced, "strong");
        Compare(outcomes, RecipePresets.Best, "strong");
    }

    private static void Compare(List<Outcome> outcomes, string ours, string theirs)
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

    private static Outcome Theirs(string script, SplitFiles split, string weights, int seed, string work)
    {
        var file = Path.Combine(work, "split.json");
        File.WriteAllText(file, JsonSerializer.Serialize(split, RunDirectory.Json));
        var result =
            PeerFigure.Measure(
                "finetune_peer.py",
                [Directory.GetFiles(weights, Weights)[0], file, script, $"{seed}"],
                PeerFigure.TunedAllocator
            ) ?? throw new InvalidOperationException("The peer failed; install it with tests/Peers/torchvision.sh.");
        var right = result.GetProperty("right").EnumerateArray().Select(one => one.GetInt32() == 1);
        return new(
            script,
            result.GetProperty("seconds").GetDouble(),
            split.Test.Zip(right).ToDictionary(pair => Hash((string)pair.First[0]), pair => pair.Second)
        );
    }

    /// <summary>The command that people type, from its start to its end.</summary>
    private static Outcome Ours(string preset, string weights, int seed, string work)
    {
        string worker = Path.Combine(PeerFigure.Root(), "src", "Worker", "bin", "Release", "net10.0", "GpuGeek.Worker"),
            target = Path.Combine(work, $"{preset}-{seed}");
        string[] arguments =
        [
            .. (string[])["run", "--data", Path.Combine(work, "data"), "--preset", preset, "--seed", $"{seed}"],
            .. (string[])["--weights", weights, "--out", target],
        ];
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(worker, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var right = File.ReadLines(Path.Combine(target, "run", "result", ResultFiles.Predictions))
            .Select(line => JsonSerializer.Deserialize<TestPrediction>(line, RunDirectory.Json)!)
            .ToDictionary(p => p.Hash, p => p.Label == p.Predicted);
        return new(preset, seconds, right);
    }

    /// <param name="Train">File and label of each picture.</param>
    private sealed record SplitFiles(int Classes, object[][] Train, object[][] Val, object[][] Test);

    private static SplitFiles Split(string pictures, string work)
    {
        var random = new Random(0);
        var found = new[] { Splits.Train, Splits.Val, Splits.Test }.ToDictionary(split => split, _ => new List<object[]>());
        string[] classes = [.. Directory.GetDirectories(pictures).Order(StringComparer.Ordinal)];
        foreach (var (label, folder) in classes.Index())
        {
            string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
            random.Shuffle(files);
            foreach (var (number, file) in files.Index())
            {
                var split =
                    number < files.Length / 2 ? Splits.Train
                    : number < files.Length * 6 / 10 ? Splits.Val
                    : Splits.Test;
                var copy = Path.Combine(work, "data", split, Path.GetFileName(folder), Path.GetFileName(file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
                found[split].Add([copy, label]);
            }
        }
        return new(classes.Length, [.. found[Splits.Train]], [.. found[Splits.Val]], [.. found[Splits.Test]]);
    }

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

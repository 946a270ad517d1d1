using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Benchmarks;

/// <summary>
/// How good a ResNet-18 of random numbers becomes within three minutes, beside a script of PyTorch with the same network on the same split
/// (<c>tests/Peers/scratch_peer.py</c>). Ours is the preset <c>balanced</c> with as many epochs as a probe says that fit; its seconds are
/// those of the whole command, with the test and the export.
/// </summary>
internal static partial class ScratchBenchmark
{
    private const int Side = 64,
        Limit = 180,
        Around = 8;

    private const string Script = "script";

    /// <param name="pictures">A folder for each class.</param>
    public static void Run(string pictures, int seeds)
    {
        var work = Directory.CreateTempSubdirectory("gpugeek-scratch");
        try
        {
            var split = PictureSplit.Of(pictures, work.FullName, train: 0.7, val: 0.1);
            var file = Path.Combine(work.FullName, "split.json");
            File.WriteAllText(file, JsonSerializer.Serialize(split, RunDirectory.Json));
            var epochs = Epochs(split, work.FullName);
            Console.WriteLine($"{split.Train.Length} pictures train, {split.Test.Length} test; {seeds} seeds; {epochs} epochs of ours fit");
            List<Outcome> outcomes = [];
            for (var seed = 0; seed < seeds; seed++)
            {
                Keep(Outcome.OfScript(Script, "scratch_peer.py", [file, $"{Side}", $"{Limit}", $"{seed}"], split), seed);
                Keep(Outcome.OfRun("balanced", [.. Arguments(work.FullName, epochs), "--seed", $"{seed}"], work.FullName, seed), seed);
            }
            Outcome.Compare(outcomes, "balanced", Script);

            void Keep(Outcome outcome, int seed)
            {
                outcomes.Add(outcome);
                Outcome.Print($"{outcome.Name, -10} seed {seed}: {outcome.Seconds, 6:F1} s, {outcome.Accuracy, 6:P2}");
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string[] Arguments(string work, int epochs) =>
        [
            .. (string[])["run", "--data", Path.Combine(work, "data"), "--preset", "balanced", "--model", "resnet18", "--from-scratch"],
            .. (string[])["--set", $"model.inputSize={Side}", "--epochs", $"{epochs}"],
        ];

    private static int Epochs(PictureSplit split, string work)
    {
        var said = Outcome.Worker([.. Arguments(work, 1), "--probe", "--out", Path.Combine(work, "probe")]);
        var rate = double.Parse(Rate().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
        // Validation has no backward pass.
        var perEpoch = split.Train.Length / rate + split.Val.Length / (3 * rate);
        return (int)((Limit - Around) / perEpoch);
    }

    [GeneratedRegex("at ([0-9.]+) pictures a second")]
    private static partial Regex Rate();
}

using System.Text.Json;
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

    /// <param name="pictures">A folder for each class.</param>
    /// <param name="weights">The folder with published weights.</param>
    /// <param name="names">Of the scripts and presets that are measured; none: all.</param>
    public static void Run(string pictures, string weights, int seeds, string[] names)
    {
        bool IsWanted(string name) => names.Length == 0 || names.Contains(name);
        var work = Directory.CreateTempSubdirectory("gpugeek-accuracy");
        try
        {
            var split = PictureSplit.Of(pictures, work.FullName, train: 0.5, val: 0.1);
            Console.WriteLine($"{split.Train.Length} pictures train, {split.Val.Length} validate, {split.Test.Length} test; {seeds} seeds");
            List<Outcome> outcomes = [];
            for (var seed = 0; seed < seeds; seed++)
            {
                foreach (var script in Scripts.Where(IsWanted))
                    Keep(Theirs(script, split, weights, seed, work.FullName), seed);
                foreach (var preset in RecipePresets.Names.Where(IsWanted))
                    Keep(Ours(preset, weights, seed, work.FullName), seed);
            }
            Summarise(outcomes);

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

    private static void Summarise(List<Outcome> outcomes)
    {
        foreach (
            var (preset, script) in ((string, string)[])
                [(RecipePresets.Fast, "tutorial"), (RecipePresets.Balanced, "strong"), (RecipePresets.Best, "strong")]
        )
            if (outcomes.Exists(o => o.Name == preset) && outcomes.Exists(o => o.Name == script))
                Outcome.Compare(outcomes, preset, script);
    }

    private static Outcome Theirs(string script, PictureSplit split, string weights, int seed, string work)
    {
        var file = Path.Combine(work, "split.json");
        File.WriteAllText(file, JsonSerializer.Serialize(split, RunDirectory.Json));
        return Outcome.OfScript(script, "finetune_peer.py", [Directory.GetFiles(weights, Weights)[0], file, script, $"{seed}"], split);
    }

    private static Outcome Ours(string preset, string weights, int seed, string work) =>
        Outcome.OfRun(
            preset,
            ["run", "--data", Path.Combine(work, "data"), "--preset", preset, "--seed", $"{seed}", "--weights", weights],
            work,
            seed
        );
}

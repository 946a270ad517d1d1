using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuGeek.Domain.Runs;
using GpuGeek.Training;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Benchmarks;

/// <summary>Whole training steps (forward, backward, AdamW) on random pictures, beside PyTorch's of the same networks
/// (<c>tests/Peers/training_peer.py</c>). Each measurement is a process of its own.</summary>
internal static class TrainingBenchmark
{
    private const int Batch = 16,
        Side = 224,
        Threads = 2,
        WarmUp = 2,
        Steps = 8;

    private static readonly (string Ours, string Theirs)[] Networks =
    [
        ("mobilenet_v2", "mobilenet_v2"),
        ("resnet18", "resnet18"),
        ("resnet50", "resnet50"),
        ("mobilenet_v3_large", "mobilenet_v3_large"),
        ("efficientnet_b0", "efficientnet_b0"),
        ("deit_small_patch16_224", "vit_s_16"),
    ];

    public static void Run()
    {
        Console.WriteLine($"Pictures a second and peak memory of training steps, batch {Batch}, {Side} pixels, {Threads} threads");
        Console.WriteLine(
            $"{"network", -24} {"float32", 9} {"MB", 6} {"bfloat16", 9} {"MB", 6} | {"as written", 10} "
                + $"{"float32", 9} {"MB", 6} {"bfloat16", 9} {"MB", 6}"
                + $" | {"float32", 8} {"best", 6}"
        );
        foreach (var (ours, theirs) in Networks)
            Compare(ours, theirs);
    }

    private static void Compare(string network, string theirs)
    {
        var (full, low) = (Ours(network, "float32"), Ours(network, "bfloat16"));
        var written = Theirs(theirs, "written");
        var (peer, peerLow) = (Theirs(theirs, "float32", PeerFigure.Allocator()), Theirs(theirs, "bfloat16", PeerFigure.Allocator()));
        var best = Math.Max(full.Rate, low.Rate) / Math.Max(written.Rate, Math.Max(peer.Rate, peerLow.Rate));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{network, -24} {full} {low} | {written.Rate, 10:F1} {peer} {peerLow} | {full.Rate / peer.Rate, 8:F2} {best, 6:F2}"
            )
        );
    }

    private static Figure Ours(string network, string precision) =>
        Figure.Of(PeerFigure.Output(Environment.ProcessPath!, ["training", network, precision], PeerFigure.Allocator()));

    private static Figure Theirs(string network, string mode, params (string, string)[] environment) =>
        Figure.Of(PeerFigure.Measure("training_peer.py", [network, $"{Batch}", $"{Threads}", mode], environment));

    /// <summary>Measures one network and prints it as the peer does.</summary>
    public static void RunOne(string network, string precision)
    {
        NativeTuning.Apply();
        NativeTuning.LoadWithoutNnpack();
        set_num_threads(Threads);
        using var module = new GraphModule(ModelRegistry.Build(network, 10, Side), CPU);
        Initialisation.All(module, 0);
        var recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Balanced, ["model.architecture"] = network });
        recipe = recipe with { Data = recipe.Data with { BatchSize = Batch }, Loss = recipe.Loss with { LabelSmoothing = 0 } };
        var layers = LayerPlan.Of(module.Graph, recipe.Transfer);
        module.RequireGradients(layers.ModesIn(0));
        using var method = MethodBuilder.Build(recipe, module, layers, Batch * 1000, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        var step = new TrainingStep(method, module, [3, Side, Side], new StepRecord(CPU, TimeProvider.System));
        var asked = Enum.Parse<Precision>(precision, ignoreCase: true);
        var batch = RandomBatch();
        var best = 0.0;
        for (var number = 1; number <= WarmUp + Steps; number++)
        {
            var began = Stopwatch.GetTimestamp();
            _ = step.Run(batch, number, asked);
            if (number > WarmUp)
                best = Math.Max(best, Batch / Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        Console.WriteLine(
            JsonSerializer.Serialize(
                new Dictionary<string, double>
                {
                    ["images_per_second"] = best,
                    ["peak_bytes"] = Process.GetCurrentProcess().PeakWorkingSet64,
                }
            )
        );
    }

    private static Batch RandomBatch()
    {
        var random = new Random(0);
        var inputs = new float[Batch * 3 * Side * Side];
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = random.NextSingle() * 4 - 2;
        return new(inputs, [.. Enumerable.Range(0, Batch).Select(i => i % 10L)], [.. Enumerable.Range(0, Batch)]);
    }

    /// <param name="Rate">Pictures a second; NaN: there is none.</param>
    private readonly record struct Figure(double Rate, double Megabytes)
    {
        public static Figure Of(JsonElement? measured) =>
            measured is { } m
                ? new(m.GetProperty("images_per_second").GetDouble(), m.GetProperty("peak_bytes").GetDouble() / 1e6)
                : new(0, double.NaN);

        public override string ToString() =>
            Rate == 0 ? $"{"absent", 9} {"", 6}" : string.Create(CultureInfo.InvariantCulture, $"{Rate, 9:F1} {Megabytes, 6:F0}");
    }
}

using System.Globalization;
using GpuGeek.Domain.Models;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>Which precision trains a network faster here. Processors that have instructions for bfloat16 need not be faster with it, least
/// of all in depthwise convolutions, so it is measured: forward and backward passes of a copy with fresh numbers.</summary>
internal static class PrecisionTrial
{
    private const int MostPictures = 8,
        Rounds = 3;

    /// <summary>Less exactness must be worth it, and a close race must not be decided by chance.</summary>
    private const double LeastGain = 1.15;

    /// <summary>Of one pass: about two seconds on two slow cores.</summary>
    private const double MostOperations = 150e9;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    /// <param name="inputSize">Of the graph, pixels.</param>
    public static Precision Choose(Graph graph, ModelCard card, int inputSize, int batchSize, Device device, TimeProvider clock)
    {
        var best = Seconds(graph, inputSize, PicturesFor(card, inputSize, batchSize), device, clock);
        var gain = best[Precision.Float32] / best[Precision.BFloat16];
        var chosen = gain >= LeastGain ? Precision.BFloat16 : Precision.Float32;
        var taken = chosen.ToString().ToLowerInvariant();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"bfloat16 trains {card.Name} {gain:0.00} times as fast as float32 here: the run takes {taken}."
            )
        );
        return chosen;
    }

    /// <param name="count">Pictures at once.</param>
    /// <returns>Of the fastest forward and backward pass.</returns>
    public static IReadOnlyDictionary<Precision, double> Seconds(Graph graph, int inputSize, int count, Device device, TimeProvider clock)
    {
        using var module = new GraphModule(graph, device);
        Initialisation.All(module, seed: 0);
        var best = new Dictionary<Precision, double> { [Precision.Float32] = double.MaxValue, [Precision.BFloat16] = double.MaxValue };
        var began = clock.GetTimestamp();
        // The first round warms up: its times are not counted.
        for (var round = 0; round <= Rounds && (round < 2 || clock.GetElapsedTime(began) < Longest); round++)
            foreach (var precision in best.Keys.Order())
            {
                var seconds = Pass(module, inputSize, count, precision, clock);
                if (round > 0)
                    best[precision] = Math.Min(best[precision], seconds);
            }
        return best;
    }

    internal static int PicturesFor(ModelCard card, int inputSize, int batchSize)
    {
        // A multiplication and an addition; backward twice as many as forward.
        var each = 6.0 * card.MultiplyAdds * inputSize * inputSize / ((double)card.InputSize * card.InputSize);
        return Math.Min(batchSize, (int)Math.Clamp(MostOperations / each, 2, MostPictures));
    }

    private static double Pass(GraphModule module, int inputSize, int count, Precision precision, TimeProvider clock)
    {
        using var scope = NewDisposeScope();
        var size = (long)count * inputSize * inputSize * 3;
        var input = linspace(-2, 2, size, device: module.Device).view(count, inputSize, inputSize, 3).permute(0, 3, 1, 2);
        var began = clock.GetTimestamp();
        module.FlatGradient.zero_();
        var sum = module.Forward(input, ModePlan.Train(module.Graph), precision: precision).sum();
        sum.backward();
        // Waits for the device.
        _ = sum.item<float>();
        return clock.GetElapsedTime(began).TotalSeconds;
    }
}

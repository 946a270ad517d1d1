using System.Diagnostics;
using System.Globalization;
using GpuGeek.Training;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Benchmarks;

/// <summary>Forward and backward passes a second in float32 and bfloat16, one after the other, several times.</summary>
internal static class PrecisionBenchmark
{
    private const int Batch = 16,
        Rounds = 3;

    public static void Run()
    {
        NativeTuning.Apply();
        NativeTuning.LoadWithoutNnpack();
        set_num_threads(2);
        Console.WriteLine($"Pictures a second, batch {Batch}, 224 pixels, 2 threads; the best of {Rounds}");
        Console.WriteLine($"{"network", -20} {"float32", 9} {"bfloat16", 9} {"ratio", 6}");
        foreach (var name in (string[])["mobilenet_v2", "mobilenet_v3_large", "resnet18", "resnet50", "efficientnet_b0"])
            Measure(name);
    }

    private static void Measure(string name)
    {
        using var module = new GraphModule(ModelRegistry.Build(name, 10, 224), CPU);
        Initialisation.All(module, 1);
        var precisions = Enum.GetValues<Precision>();
        foreach (var precision in precisions)
            _ = Pass(module, precision);
        var best = new double[precisions.Length];
        for (var round = 0; round < Rounds; round++)
            foreach (var precision in precisions)
                best[(int)precision] = Math.Max(best[(int)precision], Pass(module, precision));
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{name, -20} {best[0], 9:F1} {best[1], 9:F1} {best[1] / best[0], 6:F2}")
        );
    }

    private static double Pass(GraphModule module, Precision precision)
    {
        using var scope = NewDisposeScope();
        var input = randn(Batch, 3, 224, 224).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        var began = Stopwatch.GetTimestamp();
        module.FlatGradient.zero_();
        module.Forward(input, ModePlan.Train(module.Graph), precision: precision).sum().backward();
        return Batch / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}

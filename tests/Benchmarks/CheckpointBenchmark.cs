using System.Diagnostics;
using System.Globalization;
using GpuGeek.Training;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Optimization;
using static TorchSharp.torch;

namespace GpuGeek.Benchmarks;

/// <summary>
/// What checkpoints cost a training: the copy, for which it waits, and the writing, which another thread does. The share counts the writing
/// as if the training stood still meanwhile, which is the most that it can cost.
/// </summary>
internal static class CheckpointBenchmark
{
    private const int Rounds = 5;

    public static void Run(string folder)
    {
        NativeTuning.Apply();
        NativeTuning.LoadWithoutNnpack();
        Console.WriteLine($"Checkpoints in {folder}; medians of {Rounds}, the memory of the copy is warm");
        Console.WriteLine($"{"network", -14} {"MB", 6} {"copy, ms", 9} {"write, ms", 10} {"every, s", 9} {"share at most, %", 17}");
        foreach (var architecture in (string[])["mobilenet_v2", "resnet50", "vit_b_16"])
            Measure(architecture, Directory.CreateDirectory(Path.Combine(folder, architecture)).FullName);
    }

    private static void Measure(string architecture, string folder)
    {
        using var module = new GraphModule(ModelRegistry.Build(architecture, 1000, 224), CPU);
        using var optimizer = new Adam(module, default, decoupled: true);
        var best = new BestState(module);
        best.Keep();
        ITrainingState[] parts = [new NetworkState(module), best, optimizer];
        var (memory, store) = (new SnapshotMemory(), new CheckpointStore(folder));
        memory.Take(parts, new());
        var (copies, writes) = (new List<double>(), new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var snapshot = memory.Take(parts, new() { Step = i });
            copies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            began = Stopwatch.GetTimestamp();
            store.Save(snapshot);
            writes.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        Directory.Delete(folder, recursive: true);
        var (copy, write) = (Median(copies), Median(writes));
        var every = CheckpointPace.Usual.InsideAnEpoch(TimeSpan.FromMilliseconds(copy + write)).TotalMilliseconds;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{architecture, -14} {parts.Sum(p => p.Bytes) / 1e6, 6:F0} {copy, 9:F1} {write, 10:F0} {every / 1000, 9:F0} "
                    + $"{100 * (copy + write) / every, 17:F2}"
            )
        );
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

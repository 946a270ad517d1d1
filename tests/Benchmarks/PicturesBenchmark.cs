using System.Diagnostics;
using System.Globalization;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Data;
using GpuGeek.Training.Examples;
using static TorchSharp.torch;

namespace GpuGeek.Benchmarks;

/// <summary>
/// The way of training pictures into batches, beside torchvision's DataLoader with as many workers and the same changes: decode,
/// antialiased resize, crop, flip, rotation, colours, normalise, collate. Without a cache everything is decoded from the originals; with
/// one, as from a run's second epoch on, nothing is.
/// </summary>
internal static class PicturesBenchmark
{
    private const int Epochs = 3;

    /// <summary>Of the pipeline's own rate.</summary>
    private const double DeviceShare = 0.9;

    public static void Run(string folder)
    {
        NativeTuning.Apply();
        NativeTuning.LoadWithoutNnpack();
        var workers = Math.Max(1, Environment.ProcessorCount / 2);
        var peer = PeerFigure.PicturesPerSecond("loader_peer.py", folder, workers.ToString(CultureInfo.InvariantCulture));
        var cache = Directory.CreateTempSubdirectory("gpugeek-bench-").FullName;
        try
        {
            var (source, derived, images) = Open(folder, cache);
            var cold = Best(source);
            foreach (var image in images)
                derived.Prepare(image);
            var warm = Best(source);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{images.Length} pictures, {workers} threads or workers, pictures a second, best of {Epochs} epochs: "
                        + $"without a cache {cold:F0}, with it {warm:F0}, torchvision's DataLoader {peer}"
                )
            );
            var slower = IdleShare(source, DeviceShare * warm);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A device that takes {DeviceShare:P0} of these {warm:F0} pictures a second waits {slower:P1} of its time "
                        + $"for batches, one that takes {warm:F0} waits {IdleShare(source, warm):P1}"
                )
            );
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private static (PictureSource Source, DerivedPictures Derived, RunImage[] Images) Open(string folder, string cache)
    {
        var recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Balanced });
        RunImage[] images =
        [
            .. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(f => new RunImage(Path.GetFileName(f), 0, "train")),
        ];
        var originals = new Originals(
            new()
            {
                RunId = Guid.Empty,
                Attempt = 1,
                Recipe = recipe,
                Classes = ["any"],
                Images = images,
                ImagesDirectory = folder,
                Threads = 1,
                Model = "benchmark",
                ModelVersion = 1,
            }
        );
        var derived = new DerivedPictures(
            originals,
            new DiskRoom(cache, 0, CancellationToken.None),
            cache,
            long.MaxValue,
            recipe.Model.InputSize
        );
        return (new(originals, derived, recipe, Preprocessing.Of(recipe)), derived, images);
    }

    private static double Best(PictureSource source)
    {
        var best = 0.0;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var (began, count) = (0L, 0);
            foreach (var batch in source.TrainingBatches(epoch, 0))
            {
                using var scope = NewDisposeScope();
                BatchTensors.InputsOf(batch, source.InputShape, CPU);
                if (began == 0)
                    began = Stopwatch.GetTimestamp();
                else
                    count += batch.Labels.Length;
            }
            best = Math.Max(best, count / Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        return best;
    }

    /// <summary>A device that computes by itself: a step takes as long as its pictures at this rate, the next begins when its batch is
    /// there and the one before has ended.</summary>
    /// <param name="rate">Pictures a second.</param>
    private static double IdleShare(PictureSource source, double rate)
    {
        var (idle, total, busyUntil) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var began = 0L;
        for (var epoch = 0; epoch < Epochs; epoch++)
            foreach (var batch in source.TrainingBatches(epoch, 0))
            {
                using var scope = NewDisposeScope();
                BatchTensors.InputsOf(batch, source.InputShape, CPU);
                if (began == 0)
                    began = Stopwatch.GetTimestamp();
                var now = Stopwatch.GetElapsedTime(began);
                if (busyUntil > now)
                    Thread.Sleep(busyUntil - now);
                else
                    idle += now - busyUntil;
                busyUntil = (busyUntil > now ? busyUntil : now) + TimeSpan.FromSeconds(batch.Labels.Length / rate);
                total = busyUntil;
            }
        return idle / total;
    }
}

using System.Diagnostics;
using System.Globalization;
using GpuGeek.Domain.Models;
using GpuGeek.Imaging;

namespace GpuGeek.Benchmarks;

/// <summary>Pictures per second from JPEG bytes to a 224-pixel input, beside Pillow on the same files. Ours includes the normalised floats,
/// Pillow's ends at bytes.</summary>
internal static class ImagingBenchmark
{
    private const int Passes = 5;
    private static readonly Preprocessing ImageNet = Preprocessing.ImageNet(224);

    public static void Run()
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{"JPEG", 12} {"KB", 6} {"1 thread", 10} {$"{Environment.ProcessorCount} threads", 10} "
                    + $"{"decode", 10} {"resize", 10} {"Pillow", 10}   pictures per second, best of {Passes}"
            )
        );
        foreach (
            var (width, height, count) in new[]
            {
                (32, 32, 400),
                (227, 227, 300),
                (500, 375, 120),
                (375, 500, 120),
                (1024, 768, 40),
                (4000, 3000, 4),
            }
        )
            Measure(width, height, count);
    }

    private static void Measure(int width, int height, int count)
    {
        var folder = Directory.CreateTempSubdirectory("gpugeek-bench-").FullName;
        try
        {
            var files = Enumerable.Range(0, count).Select(i => ImageEncoder.Jpeg(Picture(width, height, i), 88)).ToArray();
            for (var i = 0; i < count; i++)
                File.WriteAllBytes(Path.Combine(folder, $"{i:D4}.jpg"), files[i]);
            var images = files.Select(f => ImageDecoder.Decode(f)).ToArray();
            var tensor = new float[3 * 224 * 224];
            var one = Best(
                count,
                () =>
                {
                    foreach (var file in files)
                        Preprocessor.Run(file, ImageNet, tensor);
                }
            );
            var all = Best(
                count,
                () =>
                    Parallel.For(
                        0,
                        Environment.ProcessorCount,
                        worker =>
                        {
                            var own = new float[3 * 224 * 224];
                            for (var i = worker; i < count; i += Environment.ProcessorCount)
                                Preprocessor.Run(files[i], ImageNet, own);
                        }
                    )
            );
            var decode = Best(
                count,
                () =>
                {
                    foreach (var file in files)
                        ImageDecoder.Decode(file);
                }
            );
            var resize = Best(
                count,
                () =>
                {
                    foreach (var image in images)
                        Preprocessor.ResizeShorter(image, 256);
                }
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{$"{width}x{height}", 12} {files.Average(f => f.Length) / 1024, 6:F0} {one, 10:F0} {all, 10:F0} "
                        + $"{decode, 10:F0} {resize, 10:F0} {PeerFigure.PicturesPerSecond("pillow_peer.py", "bench", folder), 10}"
                )
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Best(int count, Action pass)
    {
        pass();
        var best = 0.0;
        for (var i = 0; i < Passes; i++)
        {
            var started = Stopwatch.GetTimestamp();
            pass();
            best = Math.Max(best, count / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return best;
    }

    /// <summary>Waves, edges and some noise: about as many bits per pixel as a photograph.</summary>
    private static RgbImage Picture(int width, int height, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[width * height * 3];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var wave = 110 + 60 * Math.Sin(x * 0.031 + seed) + 40 * Math.Cos(y * 0.023) + (x / 37 + y / 53) % 3 * 15;
                for (var channel = 0; channel < 3; channel++)
                    pixels[at++] = (byte)Math.Clamp(wave + channel * 20 + random.Next(-12, 12), 0, 255);
            }
        }
        return new RgbImage(width, height, pixels);
    }
}

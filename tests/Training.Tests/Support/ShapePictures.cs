using System.Security.Cryptography;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;

namespace GpuGeek.Training.Tests.Support;

/// <summary>Small pictures that a small network can classify: a disc, a square or a cross, in random place, size and colours.</summary>
internal static class ShapePictures
{
    public static readonly string[] Classes = ["cross", "disc", "square"];

    /// <summary>Writes pictures into a folder, named by hash; the first of each class train, then validate, then test.</summary>
    public static RunImage[] Write(string folder, int perClassTrain, int perClassVal, int perClassTest, int side = 64, int seed = 1)
    {
        Directory.CreateDirectory(folder);
        List<RunImage> images = [];
        for (var label = 0; label < Classes.Length; label++)
        for (var i = 0; i < perClassTrain + perClassVal + perClassTest; i++)
        {
            var bytes = ImageEncoder.Png(Draw(label, side, CounterRandom.Keyed(seed, label, i)));
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            File.WriteAllBytes(Path.Combine(folder, hash), bytes);
            images.Add(
                new RunImage(
                    hash,
                    label,
                    i < perClassTrain ? "train"
                        : i < perClassTrain + perClassVal ? "val"
                        : "test"
                )
            );
        }
        return [.. images.OrderBy(i => i.Hash, StringComparer.Ordinal)];
    }

    private static RgbImage Draw(int label, int side, CounterRandom random)
    {
        var pixels = new byte[side * side * 3];
        var (back, front) = (Colour(ref random, 0), Colour(ref random, 128));
        double x0 = side * random.Uniform(0.35, 0.65),
            y0 = side * random.Uniform(0.35, 0.65),
            size = side * random.Uniform(0.18, 0.3);
        for (var y = 0; y < side; y++)
        for (var x = 0; x < side; x++)
        {
            double dx = Math.Abs(x - x0),
                dy = Math.Abs(y - y0);
            var inside = label switch
            {
                0 => Math.Min(dx, dy) < size / 3 && Math.Max(dx, dy) < size,
                1 => dx * dx + dy * dy < size * size,
                _ => Math.Max(dx, dy) < size,
            };
            for (var c = 0; c < 3; c++)
                pixels[(y * side + x) * 3 + c] = (byte)Math.Clamp((inside ? front : back)[c] + random.Below(17) - 8, 0, 255);
        }
        return new RgbImage(side, side, pixels);
    }

    private static int[] Colour(ref CounterRandom random, int from) =>
        [from + random.Below(120), from + random.Below(120), from + random.Below(120)];
}

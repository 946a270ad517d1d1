using System.Security.Cryptography;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Benchmarks;

/// <summary>Pictures for us and for the scripts beside us: the same in each split.</summary>
/// <param name="Train">File and label of each picture.</param>
internal sealed record PictureSplit(int Classes, object[][] Train, object[][] Val, object[][] Test)
{
    /// <summary>Copies a folder of classes into one of splits.</summary>
    /// <param name="train">Share; <paramref name="val"/> likewise, the rest tests.</param>
    public static PictureSplit Of(string pictures, string work, double train, double val)
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
                    number < files.Length * train ? Splits.Train
                    : number < files.Length * (train + val) ? Splits.Val
                    : Splits.Test;
                var copy = Path.Combine(work, "data", split, Path.GetFileName(folder), Path.GetFileName(file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
                found[split].Add([copy, label]);
            }
        }
        return new(classes.Length, [.. found[Splits.Train]], [.. found[Splits.Val]], [.. found[Splits.Test]]);
    }

    public static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}

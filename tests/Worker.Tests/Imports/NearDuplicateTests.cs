using System.IO.Compression;
using GpuGeek.Domain.Datasets;
using GpuGeek.Imaging;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Imports.Reading;

namespace GpuGeek.Worker.Tests.Imports;

public sealed class NearDuplicatesOfRealPictures
{
    private static List<RgbImage> Flowers(int every)
    {
        Assert.SkipUnless(SharedData.FlowersZip is not null, "The photographs of flowers are not beside the checkout.");
        using var zip = ZipFile.OpenRead(SharedData.FlowersZip!);
        return
        [
            .. zip
                .Entries.Where(e => e.Length > 0)
                .Where((_, i) => i % every == 0)
                .Select(entry =>
                {
                    using var stream = entry.Open();
                    using var bytes = new MemoryStream();
                    stream.CopyTo(bytes);
                    return ImageDecoder.Decode(bytes.ToArray());
                }),
        ];
    }

    private static RgbImage Saved(RgbImage image, int quality) => ImageDecoder.Decode(ImageEncoder.Jpeg(image, quality));

    private static RgbImage Brighter(RgbImage image) =>
        image with
        {
            Pixels = [.. image.Pixels.Select(p => (byte)Math.Min(255, p * 6 / 5))],
        };

    private static double Found(List<RgbImage> images, Func<RgbImage, RgbImage> change) =>
        images.Average(image => NearDuplicates.AreNear(PerceptualHash.Of(image), PerceptualHash.Of(change(image))) ? 1.0 : 0);

    [Fact]
    public void Are_found_when_they_were_saved_again_smaller_or_brighter()
    {
        var images = Flowers(15);
        var found = new Dictionary<string, double>
        {
            ["quality 50"] = Found(images, i => Saved(i, 50)),
            ["quality 20"] = Found(images, i => Saved(i, 20)),
            ["half the size"] = Found(images, i => Resampler.Resize(i, i.Width / 2, i.Height / 2)),
            ["a third of the size"] = Found(images, i => Resampler.Resize(i, i.Width / 3, i.Height / 3)),
            ["brighter"] = Found(images, Brighter),
        };
        foreach (var (name, share) in found)
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {share:P0} of {images.Count}");
        Assert.All(found, f => Assert.True(f.Value >= 0.9, f.ToString()));
    }

    [Fact]
    public void Are_none_among_different_photographs()
    {
        var hashes = Flowers(1).Select(byte[]? (i) => PerceptualHash.Of(i)).ToList();
        var first = NearDuplicates.Find(hashes);
        Assert.Equal(Enumerable.Range(0, hashes.Count), first);
    }

    /// <summary>Drawn figures on plain grounds look alike to a hash: few of them may be taken for the same.</summary>
    [Fact]
    public void Are_few_among_drawn_figures()
    {
        using var shapes = new ShapesSource();
        var hashes = shapes.Files.Select(byte[]? (f) => PerceptualHash.Of(ImageDecoder.Decode(f.Read()))).ToList();
        var largest = NearDuplicates.Find(hashes).GroupBy(f => f).Select(g => g.Count()).OrderDescending().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"largest groups: {string.Join(' ', largest.Take(10))}");
        Assert.True(largest[0] <= 3, $"{largest[0]} figures are taken for the same.");
    }
}

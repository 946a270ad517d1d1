using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Tests.Peers;
using GpuGeek.Recipes;

namespace GpuGeek.Imaging.Tests.Augmentation;

/// <summary>The picture in <c>docs/augmentation.md</c>. <c>GPUGEEK_UPDATE_DOCS=1</c> draws it anew.</summary>
public sealed class ThePictureOfAugmentation
{
    private const int Tile = 96,
        Gap = 4,
        Columns = 6;

    private static readonly string Path = System.IO.Path.Combine(Checkout.Root, "docs", "pictures", "augmentation.png");
    private static readonly Preprocessing Rule = Preprocessing.ImageNet(Tile) with { ResizeShorter = Tile };
    private static readonly AugmentationSettings None = AugmentationSettings.None;

    /// <summary>In the order of the document's list.</summary>
    private static readonly AugmentationSettings[] Alone =
    [
        None,
        None with
        {
            CropScaleMin = 0.08,
        },
        None with
        {
            CropPadding = 0.25,
        },
        None with
        {
            HorizontalFlip = true,
        },
        None with
        {
            VerticalFlip = true,
        },
        None with
        {
            RotationDegrees = 40,
        },
        None with
        {
            Shift = 0.4,
        },
        None with
        {
            Zoom = 0.5,
        },
        None with
        {
            ShearDegrees = 40,
        },
        None with
        {
            Perspective = 0.7,
        },
        None with
        {
            ColorJitter = 0.8,
        },
        None with
        {
            Hue = 0.4,
        },
        None with
        {
            Grayscale = 1,
        },
        None with
        {
            Blur = 1,
            BlurSigma = 6,
        },
        None with
        {
            Sharpness = 1,
        },
        None with
        {
            Posterize = 1,
            PosterizeBits = 2,
        },
        None with
        {
            Solarize = 1,
        },
        None with
        {
            Equalize = 1,
        },
        None with
        {
            AutoContrast = 1,
        },
        None with
        {
            Invert = 1,
        },
        None with
        {
            Erasing = 1,
        },
        None with
        {
            Policy = AugmentationSettings.AutoAugment,
        },
        None with
        {
            Policy = AugmentationSettings.RandAugment,
            PolicyMagnitude = 20,
        },
        None with
        {
            Policy = AugmentationSettings.TrivialAugmentWide,
        },
    ];

    [Fact]
    public void In_the_documentation_is_that_of_the_code()
    {
        var picture = Sheet([.. Alone.Select(FirstThatDiffers), .. Presets()]);
        if (Environment.GetEnvironmentVariable("GPUGEEK_UPDATE_DOCS") == "1")
            File.WriteAllBytes(Path, ImageEncoder.Png(picture));
        var difference = Difference.Between(ImageDecoder.Decode(File.ReadAllBytes(Path)), picture);
        // Another processor may round differently.
        Assert.InRange(difference.Mean, 0, 0.05);
    }

    private static IEnumerable<RgbImage> Presets() =>
        from name in AugmentationPresets.Names
        where name != AugmentationPresets.None
        from epoch in Enumerable.Range(0, Columns)
        select Augmenter.Apply(Scene(), AugmentationPresets.Find(name)!, Rule, CounterRandom.Keyed(1, epoch));

    private static RgbImage FirstThatDiffers(AugmentationSettings settings, int tile)
    {
        var plain = Scene();
        return Enumerable
            .Range(0, 100)
            .Select(epoch => Augmenter.Apply(plain, settings, Rule, CounterRandom.Keyed(2, tile, epoch)))
            .First(picture => settings == None || !picture.Pixels.AsSpan().SequenceEqual(plain.Pixels));
    }

    private static RgbImage Sheet(RgbImage[] tiles)
    {
        var rows = tiles.Length / Columns;
        var (width, height) = (Columns * (Tile + Gap) - Gap, rows * (Tile + Gap) - Gap);
        var pixels = Enumerable.Repeat((byte)255, width * height * 3).ToArray();
        for (var i = 0; i < tiles.Length; i++)
        for (var y = 0; y < Tile; y++)
            tiles[i]
                .Pixels.AsSpan(y * Tile * 3, Tile * 3)
                .CopyTo(pixels.AsSpan(((i / Columns * (Tile + Gap) + y) * width + i % Columns * (Tile + Gap)) * 3));
        return new(width, height, pixels);
    }

    /// <summary>A house on a hill under the sun: no photograph is part of the repository.</summary>
    private static RgbImage Scene()
    {
        var pixels = new byte[Tile * Tile * 3];
        for (var y = 0; y < Tile; y++)
        for (var x = 0; x < Tile; x++)
            Colour(x, y).CopyTo(pixels, (y * Tile + x) * 3);
        return new(Tile, Tile, pixels);
    }

    private static byte[] Colour(int x, int y)
    {
        bool Within(int left, int top, int right, int bottom) => x >= left && x < right && y >= top && y < bottom;
        if ((x - 74) * (x - 74) + (y - 20) * (y - 20) < 121)
            return [225, 205, 70];
        if (Within(30, 56, 38, 66) || Within(46, 56, 54, 66))
            return [70, 90, 140];
        if (Within(24, 48, 60, 74))
            return [205, 185, 160];
        if (y >= 26 && y < 48 && Math.Abs(x - 42) < y - 24)
            return [180, 60, 50];
        if (y > 62 + (x - 48) * (x - 48) / 160)
            return [(byte)(60 + x / 4), (byte)(150 - y / 3), 60];
        return [(byte)(120 + y / 2), (byte)(160 + y / 3), 215];
    }
}

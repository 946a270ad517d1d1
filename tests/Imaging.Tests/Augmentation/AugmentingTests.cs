using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Recipes;
using GpuGeek.TestSupport;

namespace GpuGeek.Imaging.Tests.Augmentation;

public sealed class AugmentedPictures
{
    private const int Size = 32;
    private static readonly Preprocessing Rule = Preprocessing.ImageNet(Size);
    private static readonly RgbImage Picture = Gradient(48, 40);

    /// <summary>A setting alone, and how often it changes a picture.</summary>
    private static readonly Dictionary<string, (AugmentationSettings Settings, double Often)> Alone = new()
    {
        ["horizontal flip"] = (AugmentationSettings.None with { HorizontalFlip = true }, 0.5),
        ["vertical flip"] = (AugmentationSettings.None with { VerticalFlip = true }, 0.5),
        ["perspective"] = (AugmentationSettings.None with { Perspective = 0.5 }, 0.5),
        ["greyscale"] = (AugmentationSettings.None with { Grayscale = 0.3 }, 0.3),
        // Up to 10 pixels: the weakest blurs, which change no value, are rare.
        ["blur"] = (AugmentationSettings.None with { Blur = 0.3, BlurSigma = 10 }, 0.3),
        ["posterise"] = (AugmentationSettings.None with { Posterize = 0.3 }, 0.3),
        ["solarise"] = (AugmentationSettings.None with { Solarize = 0.3 }, 0.3),
        ["equalise"] = (AugmentationSettings.None with { Equalize = 0.3 }, 0.3),
        ["autocontrast"] = (AugmentationSettings.None with { AutoContrast = 0.3 }, 0.3),
        ["invert"] = (AugmentationSettings.None with { Invert = 0.3 }, 0.3),
        ["erasing"] = (AugmentationSettings.None with { Erasing = 0.3 }, 0.3),
    };

    private static readonly AugmentationSettings Everything = new()
    {
        CropScaleMin = 0.01,
        CropPadding = 0.5,
        HorizontalFlip = true,
        VerticalFlip = true,
        Policy = AugmentationSettings.RandAugment,
        PolicyOperations = 10,
        PolicyMagnitude = 30,
        RotationDegrees = 180,
        Shift = 1,
        Zoom = 0.9,
        ShearDegrees = 80,
        Perspective = 1,
        ColorJitter = 1,
        Hue = 0.5,
        Grayscale = 0.5,
        Blur = 1,
        BlurSigma = 10,
        Sharpness = 1,
        Posterize = 1,
        PosterizeBits = 1,
        Solarize = 1,
        SolarizeThreshold = 0,
        Equalize = 1,
        AutoContrast = 1,
        Invert = 1,
        Erasing = 1,
        ErasingMax = 1,
    };

    public static TheoryData<string> Names => [.. Alone.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Are_changed_as_often_as_the_setting_says(string name) => AssertOften(name, 500);

    [Fact]
    public void Are_changed_as_often_as_the_setting_says_in_many_epochs()
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        Assert.All(Alone.Keys, name => AssertOften(name, 50_000));
    }

    private static void AssertOften(string name, int epochs)
    {
        var (settings, often) = Alone[name];
        var plain = Draw(AugmentationSettings.None, 0);
        var changed = Enumerable.Range(0, epochs).Count(epoch => !Draw(settings, epoch).AsSpan().SequenceEqual(plain));
        var allowed = 4 * Math.Sqrt(often * (1 - often) / epochs) + 0.002;
        Assert.InRange(changed / (double)epochs, often - allowed, often + allowed);
    }

    [Fact]
    public void Turn_their_hue_either_way_as_often()
    {
        var red = new RgbImage(40, 40, [.. Enumerable.Range(0, 40 * 40).SelectMany(_ => (byte[])[255, 0, 0])]);
        byte[][] drawn =
        [
            .. Enumerable
                .Range(0, 1_000)
                .Select(e => Augmenter.Apply(red, AugmentationSettings.None with { Hue = 0.1 }, Rule, CounterRandom.Keyed(1, e, 1)).Pixels),
        ];
        // A tenth of the circle is 36 degrees: 0.6 of the way from red to yellow or to magenta.
        Assert.All(
            drawn,
            p => Assert.True(p[0] == 255 && p[1] <= 156 && p[2] <= 156 && Math.Min(p[1], p[2]) == 0, $"{p[0]} {p[1]} {p[2]}")
        );
        Assert.InRange(drawn.Count(p => p[1] > 0), 400, 560);
        Assert.InRange(drawn.Count(p => p[2] > 0), 400, 560);
    }

    [Fact]
    public void Are_smoothed_as_often_as_sharpened()
    {
        // A bright dot becomes darker by smoothing; sharpening leaves it as bright and darkens what lies around it.
        var dot = new RgbImage(Size, Size, Enumerable.Repeat((byte)100, Size * Size * 3).ToArray());
        const int At = (16 * Size + 16) * 3;
        dot.Pixels[At] = 150;
        var rule = Rule with { ResizeShorter = Size };
        var drawn = Enumerable
            .Range(0, 400)
            .Select(e =>
                Augmenter.Apply(dot, AugmentationSettings.None with { Sharpness = 0.8 }, rule, CounterRandom.Keyed(2, e, 1)).Pixels[At]
            )
            .ToArray();
        Assert.InRange(drawn.Count(v => v < 149), 150, 250);
        Assert.InRange(drawn.Count(v => v > 151), 150, 250);
        Assert.InRange(drawn.Average(v => v), 147, 153);
    }

    [Fact]
    public void Depend_on_seed_epoch_and_picture_alone()
    {
        byte[] Of(params long[] key) => Augmenter.Apply(Picture, Everything, Rule, CounterRandom.Keyed(key)).Pixels;
        Assert.Equal(Of(1, 2, 3), Of(1, 2, 3));
        Assert.All([Of(9, 2, 3), Of(1, 9, 3), Of(1, 2, 9)], other => Assert.NotEqual(Of(1, 2, 3), other));
    }

    [Fact]
    public void Keep_their_other_changes_when_one_is_switched_on()
    {
        var flips = AugmentationSettings.None with { VerticalFlip = true, HorizontalFlip = true };
        for (var epoch = 0; epoch < 20; epoch++)
            Assert.Equal(
                TrainingTransforms.Invert(new(Size, Size, Draw(flips, epoch))).Pixels,
                Draw(flips with { Invert = 1, Perspective = 0.0001 }, epoch)
            );
    }

    [Fact]
    public void Stay_pictures_at_the_ends_of_every_range()
    {
        foreach (var picture in (RgbImage[])[Picture, new(1, 1, [9, 9, 9]), new(1, 300, new byte[900])])
        foreach (
            var policy in (string[])
                [AugmentationSettings.AutoAugment, AugmentationSettings.RandAugment, AugmentationSettings.TrivialAugmentWide]
        )
            for (var epoch = 0; epoch < 20; epoch++)
                Assert.Equal(
                    Size * Size * 3,
                    Augmenter.Apply(picture, Everything with { Policy = policy }, Rule, CounterRandom.Keyed(1, epoch, 5)).Pixels.Length
                );
    }

    private static byte[] Draw(AugmentationSettings settings, int epoch) =>
        Augmenter.Apply(Picture, settings, Rule, CounterRandom.Keyed(1, epoch, 7)).Pixels;

    private static RgbImage Gradient(int width, int height) =>
        new(
            width,
            height,
            [.. Enumerable.Range(0, width * height).SelectMany(i => (byte[])[(byte)(20 + i % width * 4), (byte)(30 + i / width * 5), 90])]
        );
}

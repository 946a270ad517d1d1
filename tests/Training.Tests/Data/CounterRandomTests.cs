using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Imaging;
using GpuGeek.Recipes;
using GpuGeek.Training.Data;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Data;

public sealed class RandomNumbers
{
    [Fact]
    public void Depend_on_every_part_of_their_key()
    {
        var draws = new HashSet<ulong>();
        for (var seed = 0; seed < 20; seed++)
        for (var epoch = 0; epoch < 20; epoch++)
        for (var image = 0; image < 20; image++)
            Assert.True(draws.Add(CounterRandom.Keyed(seed, epoch, image).NextBits()));
        Assert.Equal(CounterRandom.Keyed(1, 2, 3).NextBits(), CounterRandom.Keyed(1, 2, 3).NextBits());
    }

    [Fact]
    public void Are_spread_as_they_should_be()
    {
        var random = CounterRandom.Keyed(7);
        double[] uniform = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextDouble())],
            normal = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextNormal())];
        Assert.InRange(uniform.Average(), 0.495, 0.505);
        Assert.All(uniform, v => Assert.InRange(v, 0, 0.999_999_999_999));
        Assert.InRange(normal.Average(), -0.02, 0.02);
        Assert.InRange(normal.Average(v => v * v), 0.97, 1.03);
    }
}

public sealed class Augmenting
{
    private static readonly Preprocessing Rule = Preprocessing.ImageNet(48);
    private static readonly RgbImage Picture = new(80, 60, [.. Enumerable.Range(0, 80 * 60 * 3).Select(i => (byte)(i * 37 % 251))]);

    [Fact]
    public void Gives_the_same_picture_for_the_same_key_and_another_for_another()
    {
        byte[] Pixels(int epoch) => Augmenter.Apply(Picture, TestRecipes.Augmented, Rule, CounterRandom.Keyed(1, epoch, 5)).Pixels;
        Assert.Equal(Pixels(0), Pixels(0));
        Assert.NotEqual(Pixels(0), Pixels(1));
        Assert.Equal(48 * 48 * 3, Pixels(0).Length);
    }

    /// <summary>The hash was taken before there were more settings than four: a run of then that resumes sees the same pictures.</summary>
    [Fact]
    public void Gives_the_pictures_of_before_under_a_recipe_of_before()
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        for (var epoch = 0; epoch < 50; epoch++)
            hash.AppendData(Augmenter.Apply(Picture, TestRecipes.Augmented, Rule, CounterRandom.Keyed(1, epoch, 5)).Pixels);
        Assert.Equal("90854b631812769cfa15df11031482e8", Convert.ToHexStringLower(hash.GetCurrentHash())[..32]);
    }

    public static TheoryData<Preprocessing> Rules =>
        [
            Rule,
            Rule with
            {
                ResizeShorter = Rule.CropSize,
                Resize = ResizeRule.Squash,
            },
            Rule with
            {
                ResizeShorter = Rule.CropSize,
                Resize = ResizeRule.Pad,
                PadColor = [200, 100, 50],
            },
        ];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Switched_off_is_the_serving_path(Preprocessing rule)
    {
        var served = new float[3 * 48 * 48];
        var augmented = new float[3 * 48 * 48];
        Preprocessor.Run(ImageEncoder.Png(Picture), rule, served);
        Preprocessor.ToTensor(Augmenter.Apply(Picture, AugmentationSettings.None, rule, CounterRandom.Keyed(1)), rule, augmented);
        Assert.Equal(served, augmented);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Takes_random_crops_of_what_the_resize_rule_shows(Preprocessing rule)
    {
        // Four times as wide as high; white at the left and the right, black between.
        var wide = new RgbImage(
            800,
            200,
            [.. Enumerable.Range(0, 800 * 200 * 3).Select(i => (byte)(i / 3 % 800 is < 100 or >= 700 ? 255 : 0))]
        );
        var almostAll = AugmentationSettings.None with { CropScaleMin = 0.99 };
        var seen = Augmenter.Apply(wide, almostAll, rule, CounterRandom.Keyed(1));
        bool Is(int x, int y, params byte[] color) => seen.Pixels.AsSpan((y * 48 + x) * 3, 3).SequenceEqual(color);
        Assert.True(Is(24, 24, 0, 0, 0));
        Assert.Equal(rule.Resize != ResizeRule.Crop, Is(2, 24, 255, 255, 255) && Is(45, 24, 255, 255, 255));
        Assert.Equal(rule.Resize == ResizeRule.Pad, Is(2, 2, 200, 100, 50) && Is(45, 45, 200, 100, 50));
    }

    [Theory]
    [InlineData(0.01, 1, 180)]
    [InlineData(1, 1, 180)]
    [InlineData(0.01, 0, 0.001)]
    public void Stays_a_picture_at_the_ends_of_every_range(double crop, double jitter, double rotation)
    {
        var most = new AugmentationSettings
        {
            CropScaleMin = crop,
            HorizontalFlip = true,
            ColorJitter = jitter,
            RotationDegrees = rotation,
        };
        foreach (var picture in (RgbImage[])[Picture, new(1, 1, [9, 9, 9]), new(1, 300, new byte[900])])
            for (var epoch = 0; epoch < 20; epoch++)
                Assert.Equal(48 * 48 * 3, Augmenter.Apply(picture, most, Rule, CounterRandom.Keyed(1, epoch, 5)).Pixels.Length);
    }

    [Fact]
    public void Takes_the_centre_of_a_strip_that_no_crop_fits()
    {
        var strip = new RgbImage(400, 2, new byte[400 * 2 * 3]);
        Assert.Equal(48 * 48 * 3, Augmenter.Apply(strip, TestRecipes.Augmented, Rule, CounterRandom.Keyed(1)).Pixels.Length);
    }
}

public sealed class ReadingAhead
{
    [Fact]
    public void Throws_the_producers_own_exception() =>
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => Prefetch.Ahead(Broken(), 2).Count()).Message);

    [Fact]
    public void Stops_when_the_reader_leaves()
    {
        var made = 0;
        foreach (var item in Prefetch.Ahead(Enumerable.Range(0, 1_000_000).Select(i => made = i), 2))
            if (item == 3)
                break;
        var after = made;
        Assert.InRange(after, 3, 8);
        Assert.Equal(after, made);
    }

    private static IEnumerable<int> Broken()
    {
        yield return 1;
        throw new InvalidOperationException("broken");
    }
}

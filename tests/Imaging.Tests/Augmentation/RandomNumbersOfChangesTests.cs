using GpuGeek.Domain.Common;
using GpuGeek.Imaging.Augmentation;
using GpuGeek.Imaging.Resampling;
using GpuGeek.Recipes;
using GpuGeek.TestSupport;

namespace GpuGeek.Imaging.Tests.Augmentation;

/// <summary>Each random number of an augmentation: its range, its mean, and both signs.</summary>
public sealed class TheRandomNumbersOfChanges
{
    private const int Size = 224;

    /// <param name="Low">Least value that may occur.</param>
    /// <param name="High">Greatest value that may occur.</param>
    /// <param name="Mean">By calculation.</param>
    private sealed record Quantity(double Low, double High, double Mean, Func<CounterRandom, double> Draw);

    private static readonly AugmentationSettings Settings = AugmentationSettings.None with { Shift = 0.1, Zoom = 0.2, ShearDegrees = 10 };

    // Boxes that do not fit are drawn again: the mean area of those that fit in a square is an integral over both draws.
    private static readonly Dictionary<string, Quantity> Quantities = new()
    {
        ["area of a crop"] = new(0.079, 1, 0.4778, r => Share(Draws.Crop(Size, Size, 0.08, ref r))),
        ["sides of a crop"] = new(Math.Log(0.7), Math.Log(1.43), 0, r => Ratio(Draws.Crop(Size, Size, 0.08, ref r))),
        ["displacement in the padding"] = new(-28, 28, 0, r => Draws.Displacement(Size, 0.125, r).X),
        ["displacement downwards"] = new(-28, 28, 0, r => Draws.Displacement(Size, 0.125, r).Y),
        ["shift to the right"] = new(-22, 22, 0, r => Draws.Affine(Settings, Size, r).ShiftX),
        ["shift downwards"] = new(-22, 22, 0, r => Draws.Affine(Settings, Size, r).ShiftY),
        ["zoom"] = new(0.8, 1.2, 1, r => Draws.Affine(Settings, Size, r).Scale),
        ["shear"] = new(-10, 10, 0, r => Draws.Affine(Settings, Size, r).ShearX),
        ["corner at the top left"] = new(0, 56, 28, r => Draws.Corners(Size, 0.5, r)!.Value.TopLeft.X),
        ["corner at the bottom right"] = new(167, 223, 195, r => Draws.Corners(Size, 0.5, r)!.Value.BottomRight.Y),
        ["factor"] = new(0.8, 1.2, 1, r => Draws.Factor(0.2, ref r)),
        ["area that is erased"] = new(0.019, 0.34, 0.1745, r => Share(Draws.Erasing(Size, 0.33, r)!.Value)),
        ["place that is erased"] = new(0, 1, 0.5, r => Place(Draws.Erasing(Size, 0.33, r)!.Value)),
        ["rotation of TrivialAugment"] = new(
            -135,
            135,
            0,
            r => Magnitude(AugmentationSettings.TrivialAugmentWide, PolicyOperation.Rotate, r)
        ),
        ["shift of TrivialAugment"] = new(
            -32,
            32,
            0,
            r => Magnitude(AugmentationSettings.TrivialAugmentWide, PolicyOperation.TranslateX, r)
        ),
        ["colour of TrivialAugment"] = new(
            -0.99,
            0.99,
            0,
            r => Magnitude(AugmentationSettings.TrivialAugmentWide, PolicyOperation.Color, r)
        ),
        ["bits of TrivialAugment"] = new(2, 8, 5, r => Magnitude(AugmentationSettings.TrivialAugmentWide, PolicyOperation.Posterize, r)),
        ["threshold of TrivialAugment"] = new(
            0,
            255,
            127.5,
            r => Magnitude(AugmentationSettings.TrivialAugmentWide, PolicyOperation.Solarize, r)
        ),
        ["shear of RandAugment"] = new(-0.09, 0.09, 0, r => Magnitude(AugmentationSettings.RandAugment, PolicyOperation.ShearY, r)),
        ["rotation of AutoAugment"] = new(-30, 30, 0, r => Magnitude(AugmentationSettings.AutoAugment, PolicyOperation.Rotate, r)),
    };

    public static TheoryData<string> Names => [.. Quantities.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Have_their_range_mean_and_signs(string name) => AssertSpread(name, 2_000);

    [Fact]
    public void Have_their_range_mean_and_signs_in_many_draws()
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        Assert.All(Quantities.Keys, name => AssertSpread(name, 500_000));
    }

    /// <summary>The mean may be off by four standard errors of a uniform number of that range, and by what rounding to pixels
    /// adds.</summary>
    private static void AssertSpread(string name, int draws)
    {
        var quantity = Quantities[name];
        double[] values = [.. Enumerable.Range(0, draws).Select(i => quantity.Draw(CounterRandom.Keyed(3, i)))];
        var range = quantity.High - quantity.Low;
        Assert.All(values, value => Assert.InRange(value, quantity.Low - 1e-9, quantity.High + 1e-9));
        var allowed = range * (0.001 + 4 * 0.58 / Math.Sqrt(draws));
        Assert.InRange(values.Average(), quantity.Mean - allowed, quantity.Mean + allowed);
        Assert.True(values.Max() > quantity.Mean + 0.2 * range && values.Min() < quantity.Mean - 0.2 * range, name);
        if (quantity.Low < 0)
            Assert.InRange(
                values.Count(v => v > 0) / (double)values.Count(v => v != 0),
                0.5 - 3 / Math.Sqrt(draws),
                0.5 + 3 / Math.Sqrt(draws)
            );
    }

    [Theory]
    [InlineData(AugmentationSettings.RandAugment, 2)]
    [InlineData(AugmentationSettings.TrivialAugmentWide, 1)]
    public void Take_each_operation_of_a_policy_as_often(string policy, int steps)
    {
        const int Draws = 7_000;
        var drawn = Enumerable.Range(0, Draws).Select(i => Policies.Draw(With(policy), Size, CounterRandom.Keyed(5, i))).ToArray();
        Assert.All(drawn, list => Assert.Equal(steps, list.Count));
        foreach (var operation in PolicySpace.Operations)
            Assert.InRange(drawn.Sum(list => list.Count(s => s.Operation == operation)) / (Draws * steps / 14.0), 0.8, 1.2);
    }

    [Fact]
    public void Take_the_pairs_of_AutoAugment_with_their_probabilities()
    {
        const int Draws = 20_000;
        var drawn = Enumerable
            .Range(0, Draws)
            .SelectMany(i => Policies.Draw(With(AugmentationSettings.AutoAugment), Size, CounterRandom.Keyed(6, i)));
        var counts = drawn.GroupBy(step => step.Operation).ToDictionary(group => group.Key, group => group.Count());
        foreach (var parts in AutoAugmentPairs.ImageNet.SelectMany(p => new[] { p.First, p.Second }).GroupBy(part => part.Operation))
            Assert.InRange(counts[parts.Key] / (parts.Sum(p => p.Probability) * Draws / 25), 0.9, 1.1);
    }

    private static double Share(Region box) => box.Width * (double)box.Height / (Size * Size);

    private static double Ratio(Region box) => Math.Log((double)box.Width / box.Height);

    private static double Place(Region box) => box.X / (double)(Size - box.Width);

    private static AugmentationSettings With(string policy) => AugmentationSettings.None with { Policy = policy };

    /// <summary>The operation's magnitude in the first draw that has it.</summary>
    private static double Magnitude(string policy, PolicyOperation operation, CounterRandom random)
    {
        for (var i = 0; ; i++)
            foreach (var step in Policies.Draw(With(policy), Size, random.Branch(i)))
                if (step.Operation == operation)
                    return step.Magnitude;
    }
}

using GpuGeek.Domain.Common;
using GpuGeek.Recipes;
using GpuGeek.Training.Data;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Data;

public sealed class TheOrderOfAnEpoch
{
    private const int Batch = 8;

    public static readonly TheoryData<string> Samplers =
    [
        DataSettings.Shuffle,
        DataSettings.Stratified,
        DataSettings.Oversample,
        DataSettings.Undersample,
    ];

    private static TrainingOrder Order(string sampler, int repeats, params int[] counts)
    {
        var recipe = TestRecipes.Tiny();
        var data = recipe.Data with { Sampler = sampler, Repeats = repeats, BatchSize = Batch };
        return new(LabelsOf(counts), recipe with { Data = data });
    }

    /// <summary>The classes lie among each other.</summary>
    private static long[] LabelsOf(int[] counts) =>
        [
            .. counts
                .SelectMany((n, c) => Enumerable.Range(0, n).Select(i => (At: (i + 0.5) / n, Class: (long)c)))
                .Order()
                .Select(e => e.Class),
        ];

    private static Dictionary<long, int> ByClass(IEnumerable<int> examples, int[] counts)
    {
        var labels = LabelsOf(counts);
        return examples.CountBy(e => labels[e]).ToDictionary();
    }

    [Fact]
    public void Takes_everything_once_and_differently_each_epoch()
    {
        var order = Order(DataSettings.Shuffle, 1, 50);
        var first = order.Batches(0).ToArray();
        Assert.All(first, batch => Assert.Equal(Batch, batch.Length)); // the incomplete one is left out
        Assert.Equal(48, first.SelectMany(b => b).Distinct().Count());
        Assert.NotEqual(first.SelectMany(b => b), order.Batches(1).SelectMany(b => b));
        Assert.Equal([0, 1, 2, 3, 4], Order(DataSettings.Shuffle, 1, 5).Batches(0).Single().Order());
    }

    [Fact]
    public void That_is_stratified_gives_every_batch_its_share_of_every_class()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = CounterRandom.Keyed(seed);
            int[] counts = [.. Enumerable.Range(0, 2 + random.Below(5)).Select(_ => 1 + random.Below(60))];
            var batches = Order(DataSettings.Stratified, 1, counts).Batches(seed).ToList();
            Assert.Equal(batches.Sum(b => b.Length), batches.SelectMany(b => b).Distinct().Count());
            foreach (var batch in batches)
            foreach (var (c, count) in counts.Index())
            {
                var share = (double)batch.Length * count / counts.Sum();
                Assert.InRange(ByClass(batch, counts).GetValueOrDefault(c), share - 2, share + 2);
            }
        }
    }

    [Fact]
    public void That_oversamples_has_all_classes_equally_often_and_every_picture_of_one_too()
    {
        int[] counts = [48, 24, 5];
        var order = Order(DataSettings.Oversample, 1, counts);
        Assert.Equal(3 * 48, order.Count);
        var positions = order.Batches(0).SelectMany(b => b).ToList();
        Assert.Equal(positions.Count, positions.Distinct().Count());
        var examples = positions.Select(order.ExampleOf).ToList();
        Assert.All(ByClass(examples, counts).Values, n => Assert.Equal(48, n));
        var times = examples.CountBy(e => e).Select(pair => pair.Value).ToList();
        Assert.Equal((1, 10), (times.Min(), times.Max()));
        Assert.Equal(77, times.Count);
    }

    [Fact]
    public void That_oversamples_takes_no_picture_more_than_a_hundred_times()
    {
        var order = Order(DataSettings.Oversample, 1, 320, 2);
        Assert.Equal(320 + 200, order.Count);
        Assert.Equal(100, order.Batches(0).SelectMany(b => b).CountBy(order.ExampleOf).Max(pair => pair.Value));
    }

    [Fact]
    public void That_undersamples_has_as_many_of_each_class_as_the_smallest_and_others_each_epoch()
    {
        int[] counts = [50, 20, 8];
        var order = Order(DataSettings.Undersample, 1, counts);
        Assert.Equal(24, order.Count);
        var first = order.Batches(0).SelectMany(b => b).ToList();
        Assert.All(ByClass(first, counts).Values, n => Assert.Equal(8, n));
        Assert.Equal(24, first.Distinct().Count());
        var seen = Enumerable.Range(0, 40).SelectMany(epoch => order.Batches(epoch).SelectMany(b => b)).Distinct();
        Assert.Equal(78, seen.Count());
    }

    /// <summary>Each time is a position of its own, so its augmentation is drawn anew.</summary>
    [Theory, MemberData(nameof(Samplers))]
    public void That_repeats_has_each_picture_several_times_in_a_row_and_the_same_length(string sampler)
    {
        int[] counts = [40, 16];
        var order = Order(sampler, 4, counts);
        var positions = order.Batches(0).SelectMany(b => b).ToList();
        Assert.Equal(Order(sampler, 1, counts).Batches(0).Sum(b => b.Length), positions.Count);
        Assert.Equal(positions.Count, positions.Distinct().Count());
        Assert.All(positions.Chunk(4), same => Assert.Single(same.Select(order.ExampleOf).Distinct()));
    }

    [Theory, MemberData(nameof(Samplers))]
    public void Is_a_function_of_seed_and_epoch(string sampler)
    {
        int[] Positions(int epoch) => [.. Order(sampler, 2, 30, 11, 3).Batches(epoch).SelectMany(b => b)];
        Assert.Equal(Positions(5), Positions(5));
        Assert.NotEqual(Positions(5), Positions(6));
    }
}

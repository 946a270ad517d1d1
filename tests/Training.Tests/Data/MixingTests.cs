using GpuGeek.Domain.Common;
using GpuGeek.Recipes;
using GpuGeek.Training.Data;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Tests.Support;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Data;

public sealed class PicturesThatAreMixed
{
    private const int Side = 16,
        Size = 3 * Side * Side,
        Pictures = 6;

    /// <summary>Each picture has its own number everywhere.</summary>
    private static Batch Batch(int first = 0) =>
        new(
            [.. Enumerable.Range(0, Pictures).SelectMany(i => Enumerable.Repeat((float)(first + i), Size))],
            [.. Enumerable.Range(0, Pictures).Select(i => (long)i)],
            [.. Enumerable.Range(0, Pictures).Select(i => first + i)]
        );

    private static Recipe With(double mixUp, double cutMix) =>
        TestRecipes.Tiny() with
        {
            Regularization = new() { MixUp = mixUp, CutMix = cutMix },
        };

    private static Batch Mix(double mixUp, double cutMix, int epoch = 0, int index = 0, int first = 0) =>
        Mixing.Apply(Batch(first), With(mixUp, cutMix), epoch, index, Side);

    private static ReadOnlySpan<float> Picture(Batch batch, int i) => batch.Inputs.AsSpan(i * Size, Size);

    [Fact]
    public void By_MixUp_are_blends_with_the_next_one_in_the_shares_of_their_labels()
    {
        var mixed = Mix(mixUp: 1, cutMix: 0);
        Assert.Equal([1, 2, 3, 4, 5, 0], mixed.Mixed!.Others);
        for (var i = 0; i < Pictures; i++)
        {
            var share = mixed.Mixed.Shares[i];
            var expected = share * i + (1 - share) * ((i + 1) % Pictures);
            Assert.All(Picture(mixed, i).ToArray(), value => Assert.Equal(expected, value, 1e-5f));
        }
        Assert.Equal(Pictures, mixed.Mixed.Shares.Distinct().Count());
    }

    [Fact]
    public void By_CutMix_have_one_box_of_the_next_one_whose_area_is_the_share_of_its_label()
    {
        for (var epoch = 0; epoch < 50; epoch++)
        {
            var mixed = Mix(mixUp: 0, cutMix: 1, epoch);
            for (var i = 0; i < Pictures; i++)
            {
                int[] foreign = [.. Enumerable.Range(0, Size).Where(at => mixed.Inputs[i * Size + at] != i)];
                Assert.All(foreign, at => Assert.Equal((i + 1) % Pictures, mixed.Inputs[i * Size + at]));
                Assert.Equal(1 - foreign.Length / (float)Size, mixed.Mixed!.Shares[i], 1e-6f);
                if (foreign.Length == 0)
                    continue;
                int[] columns = [.. foreign.Select(at => at % Side).Distinct()],
                    rows = [.. foreign.Select(at => at / Side % Side).Distinct()];
                Assert.Equal(foreign.Length, 3 * columns.Length * rows.Length);
                Assert.Equal(columns.Length - 1, columns.Max() - columns.Min());
                Assert.Equal(rows.Length - 1, rows.Max() - rows.Min());
            }
        }
    }

    [Fact]
    public void Are_mixed_the_same_again_and_otherwise_in_another_epoch()
    {
        Assert.Equal(Mix(0.4, 0).Inputs, Mix(0.4, 0).Inputs);
        Assert.NotEqual(Mix(0.4, 0).Inputs, Mix(0.4, 0, epoch: 1).Inputs);
        // The share belongs to the picture, wherever it stands in a batch.
        Assert.Equal(Mix(0.4, 0).Mixed!.Shares[2..], Mix(0.4, 0, first: 2).Mixed!.Shares[..4]);
    }

    [Fact]
    public void By_both_get_one_of_them_in_each_batch()
    {
        bool[] cut = [.. Enumerable.Range(0, 200).Select(index => Mix(1, 1, index: index).Inputs.All(value => value == (int)value))];
        Assert.InRange(cut.Count(isCut => isCut), 70, 130);
    }

    [Fact]
    public void Are_not_touched_where_the_recipe_says_nothing()
    {
        var batch = Batch();
        Assert.Same(batch, Mixing.Apply(batch, With(0, 0), 0, 0, Side));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(1)]
    public void Have_shares_as_Beta_spreads_them(double alpha)
    {
        var random = CounterRandom.Keyed(5);
        double[] shares = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextBeta(alpha))];
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.Equal(0.5, shares.Average(), 0.01);
        Assert.Equal(1 / (4 * (2 * alpha + 1)), shares.Average(share => (share - 0.5) * (share - 0.5)), 0.003);
    }

    /// <summary>PyTorch's own loss with the shares as soft targets.</summary>
    [Fact]
    public void Have_the_loss_of_both_labels_in_their_shares()
    {
        using var scope = NewDisposeScope();
        var mixed = Mix(0.4, 0);
        var tensors = BatchTensors.Of(mixed, [3, Side, Side], CPU, ScalarType.Float64);
        var logits = tensor(Enumerable.Range(0, Pictures * Pictures).Select(i => Math.Sin(i * 1.3)).ToArray(), [Pictures, Pictures]);
        using var loss = new CrossEntropy(0.1);
        var expected = nn.functional.cross_entropy(logits, tensors.Targets(Pictures, ScalarType.Float64), label_smoothing: 0.1);
        Assert.Equal(expected.item<double>(), loss.Loss(logits, tensors).item<double>(), 1e-12);
        using var focal = new Focal(0, 0.1);
        Assert.Equal(expected.item<double>(), focal.Loss(logits, tensors).item<double>(), 1e-12);
    }

    /// <summary>With weights, a picture that is wholly its own counts as one that was never mixed.</summary>
    [Fact]
    public void Count_as_before_where_nothing_was_mixed_in()
    {
        using var scope = NewDisposeScope();
        var batch = Batch() with { Mixed = new([5, 4, 3, 2, 1, 0], [1, 1, 1, 1, 1, 1]) };
        var logits = tensor(Enumerable.Range(0, Pictures * Pictures).Select(i => Math.Cos(i * 1.3)).ToArray(), [Pictures, Pictures]);
        using var loss = new CrossEntropy(0.1, new([1, 2, 3, 4, 5, 6], ScalarType.Float64, CPU));
        var got = loss.Loss(logits, BatchTensors.Of(batch, [3, Side, Side], CPU, ScalarType.Float64)).item<double>();
        var plain = loss.Loss(logits, BatchTensors.Of(Batch(), [3, Side, Side], CPU, ScalarType.Float64)).item<double>();
        Assert.Equal(plain, got, 1e-12);
        Assert.Equal(21, loss.WeightOf(batch));
    }
}

using GpuGeek.Domain.Common;
using GpuGeek.Recipes;
using GpuGeek.Training.Examples;

namespace GpuGeek.Training.Data;

/// <summary>
/// Mixes each picture of a batch with the next one: MixUp (Zhang et al. 2018, arXiv:1710.09412) blends them, CutMix (Yun et al. 2019,
/// arXiv:1905.04899) puts a box of the next into it. Where a recipe has both, each batch gets one of them. The share of each picture is a
/// function of (seed, epoch, picture), so a resumed run mixes the same.
/// </summary>
internal static class Mixing
{
    // The augmentation of a picture has the stream (seed, epoch, picture); these have one number more.
    private const long Choice = -2,
        Shares = -3;

    /// <param name="batch">Of pictures: N × 3 × side × side; changed in place.</param>
    /// <param name="index">Of the batch in its epoch.</param>
    public static Batch Apply(Batch batch, Recipe recipe, int epoch, int index, int side)
    {
        var (mixUp, cutMix) = (recipe.Regularization.MixUp, recipe.Regularization.CutMix);
        if ((mixUp == 0 && cutMix == 0) || batch.Labels.Length < 2)
            return batch;
        var blends = cutMix == 0 || (mixUp > 0 && CounterRandom.Keyed(recipe.Data.Seed, epoch, index, Choice).NextDouble() < 0.5);
        var shares = new float[batch.Labels.Length];
        var size = 3 * side * side;
        // The first picture is mixed before the last one needs it.
        var first = batch.Inputs[..size];
        for (var i = 0; i < shares.Length; i++)
        {
            var random = CounterRandom.Keyed(recipe.Data.Seed, epoch, batch.Samples![i], Shares);
            var picture = batch.Inputs.AsSpan(i * size, size);
            var other = i + 1 < shares.Length ? batch.Inputs.AsSpan((i + 1) * size, size) : first;
            shares[i] = blends ? Blend(picture, other, mixUp, ref random) : Cut(picture, other, cutMix, side, ref random);
        }
        long[] others = [.. batch.Labels.Skip(1), batch.Labels[0]];
        return batch with { Mixed = new(others, shares) };
    }

    private static float Blend(Span<float> picture, ReadOnlySpan<float> other, double alpha, ref CounterRandom random)
    {
        var share = (float)random.NextBeta(alpha);
        for (var i = 0; i < picture.Length; i++)
            picture[i] = share * picture[i] + (1 - share) * other[i];
        return share;
    }

    /// <returns>The share of the picture's own area: a box at the edge is smaller than it was drawn.</returns>
    private static float Cut(Span<float> picture, ReadOnlySpan<float> other, double alpha, int side, ref CounterRandom random)
    {
        var half = 0.5 * Math.Sqrt(1 - random.NextBeta(alpha)) * side;
        var (left, right) = Range(random.Below(side), half, side);
        var (top, bottom) = Range(random.Below(side), half, side);
        for (var channel = 0; channel < 3; channel++)
        for (var y = top; y < bottom; y++)
        {
            var start = (channel * side + y) * side + left;
            other.Slice(start, right - left).CopyTo(picture[start..]);
        }
        return 1 - (float)((right - left) * (bottom - top)) / (side * side);
    }

    private static (int From, int To) Range(int centre, double half, int side) =>
        (Math.Max(0, (int)(centre - half)), Math.Min(side, (int)(centre + half)));
}

using GpuGeek.Domain.Common;
using static TorchSharp.torch;

namespace GpuGeek.Training.Graphs;

/// <summary>
/// The random numbers of dropout and stochastic depth: a function of (seed, epoch, sample, node). What is dropped of a picture therefore
/// depends neither on the other pictures of its batch nor on how the batch is cut into parts, and a resumed run drops the same.
/// </summary>
/// <param name="epoch">From 0.</param>
/// <param name="samples">Positions of the batch's pictures in the training split, one per row; null: 0, 1, 2 and so on.</param>
internal sealed class Chance(int seed, int epoch, int[]? samples)
{
    /// <summary>For measurements and comparisons, which do not train.</summary>
    public static Chance Any { get; } = new(0, 0, null);

    /// <returns>A tensor of the type and on the device of <paramref name="like"/>: 0 where something is dropped, 1 / (1 − probability)
    /// elsewhere, so that the expectation stays as it is.</returns>
    /// <param name="node">Two nodes draw different numbers.</param>
    /// <param name="shape">The first dimension is that of the samples.</param>
    /// <param name="probability">0..1, without 1.</param>
    public Tensor Mask(Node node, long[] shape, double probability, Tensor like)
    {
        var each = (int)shape.Skip(1).Aggregate(1L, (a, b) => checked(a * b));
        var mask = new float[shape[0] * each];
        var kept = (float)(1 / (1 - probability));
        // 2⁶⁴ × probability, of which a double keeps 53 bits.
        var least = (ulong)(probability * 18446744073709551616.0);
        for (var row = 0; row < shape[0]; row++)
        {
            var random = CounterRandom.Keyed(seed, epoch, samples?[row] ?? row, node.Id);
            var values = mask.AsSpan(row * each, each);
            for (var i = 0; i < values.Length; i++)
                values[i] = random.NextBits() < least ? 0 : kept;
        }
        using var onCpu = tensor(mask, shape, device: CPU);
        return onCpu.to(like.dtype, like.device, copy: true);
    }
}

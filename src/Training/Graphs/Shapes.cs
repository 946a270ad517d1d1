using GpuGeek.Domain.Common;

namespace GpuGeek.Training.Graphs;

/// <summary>Computes the shape of an operation's output from the shapes of its inputs, without the batch.</summary>
internal static class Shapes
{
    /// <exception cref="DomainException"><c>input_too_small</c>: the size reaches 0 at this layer.</exception>
    /// <exception cref="ArgumentException">The operation does not fit its inputs: the network's definition is wrong.</exception>
    public static long[] Of(Op op, long[][] inputs, string path)
    {
        long[] shape = op switch
        {
            Input i => i.Shape,
            Conv c when inputs[0][0] == c.In =>
            [
                c.Out,
                Side(inputs[0][1], c.Kernel, c.Stride, c.Padding),
                Side(inputs[0][2], c.Kernel, c.Stride, c.Padding),
            ],
            BatchNorm b when inputs[0][0] == b.Channels => inputs[0],
            MaxPool m => [inputs[0][0], Pooled(inputs[0][1], m), Pooled(inputs[0][2], m)],
            AveragePool a => [inputs[0][0], inputs[0][1] / a.Kernel, inputs[0][2] / a.Kernel],
            AdaptiveAveragePool a when inputs[0].Length == 3 =>
            [
                inputs[0][0],
                Math.Sign(inputs[0][1]) * a.Side,
                Math.Sign(inputs[0][2]) * a.Side,
            ],
            GlobalAveragePool => [inputs[0][0]],
            Linear l when inputs[0][^1] == l.In => [.. inputs[0].AsSpan(..^1), l.Out],
            LayerNorm n when inputs[0][^1] == n.Width => inputs[0],
            Multiply or AddConstant or LayerScale or AddParameter when Broadcasts(inputs[0], Second(op, inputs)) => inputs[0],
            Concat when inputs.All(i => i.Skip(1).SequenceEqual(inputs[0].Skip(1))) => [inputs.Sum(i => i[0]), .. inputs[0].AsSpan(1..)],
            Slice s when s.Start + s.Length <= inputs[0][0] => [s.Length, .. inputs[0].AsSpan(1..)],
            Reshape r when Count(r.Shape) == Count(inputs[0]) => r.Shape,
            Transpose t when t.Order.Order().SequenceEqual(Enumerable.Range(0, inputs[0].Length)) => [.. t.Order.Select(d => inputs[0][d])],
            MatMul when inputs[0][^1] == inputs[1][^2] && inputs[0].AsSpan(..^2).SequenceEqual(inputs[1].AsSpan(..^2)) =>
            [
                .. inputs[0].AsSpan(..^1),
                inputs[1][^1],
            ],
            Roll when inputs[0].Length == 3 => inputs[0],
            Pad p when inputs[0].Length == 3 => [inputs[0][0] + p.Below, inputs[0][1] + p.Right, inputs[0][2]],
            Crop c when inputs[0].Length == 3 && c.Height <= inputs[0][0] && c.Width <= inputs[0][1] => [c.Height, c.Width, inputs[0][2]],
            ClassToken t when inputs[0] is [var rows, var width] && width == t.Width => [rows + 1, width],
            RelativePositionBias r
                when inputs[0] is [_, var heads, var from, var to] && heads == r.Heads && from == to && from == r.Side * r.Side => inputs[
                0
            ],
            Add when inputs[0].SequenceEqual(inputs[1]) => inputs[0],
            Activation or Dropout or StochasticDepth or Softmax or Scale => inputs[0],
            _ => throw new ArgumentException(
                $"{op} at '{path}' does not fit inputs of {string.Join(" and ", inputs.Select(s => string.Join('×', s)))}."
            ),
        };
        if (shape.Any(side => side < 1))
            throw new DomainException(
                "input_too_small",
                $"The input is too small for this architecture: the size reaches 0 at '{path}'.",
                "Choose a larger inputSize, 64 or more."
            );
        return shape;
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);

    private static long[] Second(Op op, long[][] inputs) =>
        op switch
        {
            AddConstant c => c.Shape,
            LayerScale s => s.Shape,
            AddParameter s => s.Shape,
            _ => inputs[1],
        };

    private static bool Broadcasts(long[] shape, long[] second) =>
        shape.Length == second.Length && shape.Zip(second).All(pair => pair.Second == pair.First || pair.Second == 1);

    private static long Pooled(long side, MaxPool m)
    {
        var floor = Side(side, m.Kernel, m.Stride, m.Padding);
        // A window that would start outside the picture is left out.
        return m.Ceiling && floor > 0 && (side + 2 * m.Padding - m.Kernel) % m.Stride != 0 && floor * m.Stride < side + m.Padding
            ? floor + 1
            : floor;
    }

    private static long Side(long side, int kernel, int stride, int padding) =>
        side + 2 * padding < kernel ? 0 : (side + 2 * padding - kernel) / stride + 1;
}

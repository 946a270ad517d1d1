using GpuGeek.Domain.Common;

namespace GpuGeek.Training.Graphs;

/// <summary>Shape of an operation's output from those of its inputs; batch left out.</summary>
internal static class Shapes
{
    /// <exception cref="DomainException"><c>input_too_small</c>: nothing of the picture is left at this layer.</exception>
    /// <exception cref="ArgumentException">The operation does not fit its inputs: the network's description is wrong.</exception>
    public static long[] Of(Op op, long[][] inputs, string path)
    {
        long[] shape = op switch
        {
            Input i => i.Shape,
            Conv c when inputs[0][0] == c.In => [c.Out, Side(inputs[0][1], c.Kernel, c.Stride, c.Padding), Side(inputs[0][2], c.Kernel, c.Stride, c.Padding)],
            BatchNorm b when inputs[0][0] == b.Channels => inputs[0],
            MaxPool m => [inputs[0][0], Side(inputs[0][1], m.Kernel, m.Stride, m.Padding), Side(inputs[0][2], m.Kernel, m.Stride, m.Padding)],
            GlobalAveragePool => [inputs[0][0]],
            Linear l when inputs[0] is [var width] && width == l.In => [l.Out],
            Add when inputs[0].SequenceEqual(inputs[1]) => inputs[0],
            Activation or Dropout => inputs[0],
            _ => throw new ArgumentException($"{op} at '{path}' does not fit inputs of {string.Join(" and ", inputs.Select(s => string.Join('×', s)))}."),
        };
        if (shape.Any(side => side < 1))
            throw new DomainException("input_too_small", $"The input is too small for this architecture: nothing is left of it at '{path}'.", "Choose a larger inputSize, 64 or more.");
        return shape;
    }

    private static long Side(long side, int kernel, int stride, int padding) => side + 2 * padding < kernel ? 0 : (side + 2 * padding - kernel) / stride + 1;
}

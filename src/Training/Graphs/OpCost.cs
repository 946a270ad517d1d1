namespace GpuGeek.Training.Graphs;

/// <summary>Multiply-adds of an operation for one picture, counted as in the papers: convolutions, linear layers and products of attention,
/// without biases and normalisation.</summary>
internal static class OpCost
{
    /// <param name="input">Shape of the first input; empty if there is none.</param>
    public static long Of(Op op, long[] input, long[] output) =>
        op switch
        {
            Conv c => (long)c.In / c.Groups * c.Kernel * c.Kernel * Count(output),
            Linear l => l.In * Count(output),
            MatMul => input[^1] * Count(output),
            Input or BatchNorm or LayerNorm or Activation or Softmax or Dropout or StochasticDepth => 0,
            MaxPool or AveragePool or AdaptiveAveragePool or GlobalAveragePool => 0,
            Add or AddConstant or AddParameter or RelativePositionBias or Multiply or Scale or LayerScale => 0,
            Concat or ClassToken or Slice or Reshape or Transpose or Roll or Pad or Crop => 0,
            _ => throw op.NotKnownTo(nameof(OpCost)),
        };

    private static long Count(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);
}

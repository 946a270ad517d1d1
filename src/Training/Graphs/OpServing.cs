namespace GpuGeek.Training.Graphs;

/// <summary>What becomes of an operation in a network that is only served.</summary>
internal enum Served
{
    Unchanged,

    /// <summary>It acts by chance, in training alone, and is left out.</summary>
    Removed,

    /// <summary>Its statistics are fixed: a scale and a shift per channel, folded into a convolution before it.</summary>
    Line,

    /// <summary>Its parameters are written as the numbers that they stand for.</summary>
    Expanded,
}

internal static class OpServing
{
    public static Served Of(Op op) =>
        op switch
        {
            Dropout or StochasticDepth => Served.Removed,
            BatchNorm => Served.Line,
            RelativePositionBias => Served.Expanded,
            Input or Conv or Linear or LayerNorm or Activation or Softmax or MatMul => Served.Unchanged,
            MaxPool or AveragePool or AdaptiveAveragePool or GlobalAveragePool => Served.Unchanged,
            Add or AddConstant or AddParameter or Multiply or Scale or LayerScale => Served.Unchanged,
            Concat or ClassToken or Slice or Reshape or Transpose or Roll or Pad or Crop => Served.Unchanged,
            _ => throw op.NotKnownTo(nameof(OpServing)),
        };
}

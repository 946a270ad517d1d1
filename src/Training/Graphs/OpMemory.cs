namespace GpuGeek.Training.Graphs;

/// <summary>Where the value of an operation lies.</summary>
internal enum ValueStorage
{
    Own,

    /// <summary>In the storage of the first input.</summary>
    View,

    /// <summary>There too, and its rows are as contiguous as those of the input.</summary>
    Part,

    /// <summary>There too, and its rows are not contiguous.</summary>
    Turned,

    /// <summary>There too, except where the rows of the input are not contiguous and it needs a copy.</summary>
    Reshaped,
}

/// <summary>What the derivative of an operation needs: the "saved" values of PyTorch's <c>derivatives.yaml</c>.</summary>
internal enum KeptValues
{
    Nothing,
    Input,
    Output,

    /// <summary>And the position of each maximum.</summary>
    InputAndPositions,
    BothInputs,

    /// <summary>Both inputs; a copy of one that is not contiguous.</summary>
    Factors,

    /// <summary>One number for each of the output, which nothing else uses.</summary>
    Mask,
}

/// <summary>What an operation means for memory (<see cref="ActivationMemory"/>).</summary>
/// <param name="PassesGradient">The gradient of its inputs is the storage of its own.</param>
internal readonly record struct OpMemory(ValueStorage Storage, KeptValues Kept, bool PassesGradient = false)
{
    public static OpMemory Of(Op op) =>
        op switch
        {
            Conv or Linear or BatchNorm or LayerNorm or LayerScale or AveragePool => new(ValueStorage.Own, KeptValues.Input),
            AdaptiveAveragePool { Side: > 1 } => new(ValueStorage.Own, KeptValues.Input),
            AdaptiveAveragePool or GlobalAveragePool => new(ValueStorage.Own, KeptValues.Nothing),
            MaxPool => new(ValueStorage.Own, KeptValues.InputAndPositions),
            Activation a => new(ValueStorage.Own, Of(a)),
            Softmax => new(ValueStorage.Own, KeptValues.Output),
            Multiply => new(ValueStorage.Own, KeptValues.BothInputs),
            MatMul => new(ValueStorage.Own, KeptValues.Factors),
            Dropout { Probability: > 0 } => new(ValueStorage.Own, KeptValues.Mask),
            StochasticDepth { Probability: > 0 } => new(ValueStorage.Own, KeptValues.Nothing),
            Dropout or StochasticDepth or Crop => new(ValueStorage.View, KeptValues.Nothing),
            Slice => new(ValueStorage.Part, KeptValues.Nothing),
            Transpose => new(ValueStorage.Turned, KeptValues.Nothing, PassesGradient: true),
            Reshape => new(ValueStorage.Reshaped, KeptValues.Nothing, PassesGradient: true),
            Add or AddConstant or AddParameter or RelativePositionBias => new(ValueStorage.Own, KeptValues.Nothing, PassesGradient: true),
            Input or Concat or ClassToken or Scale or Roll or Pad => new(ValueStorage.Own, KeptValues.Nothing),
            _ => throw op.NotKnownTo(nameof(OpMemory)),
        };

    private static KeptValues Of(Activation activation) =>
        activation.Kind switch
        {
            ActivationKind.Relu or ActivationKind.Sigmoid => KeptValues.Output,
            ActivationKind.Relu6 or ActivationKind.HardSwish or ActivationKind.HardSigmoid => KeptValues.Input,
            ActivationKind.Silu or ActivationKind.Gelu => KeptValues.Input,
            _ => throw activation.NotKnownTo(nameof(OpMemory)),
        };
}

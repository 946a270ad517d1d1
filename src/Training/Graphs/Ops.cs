namespace GpuGeek.Training.Graphs;

/// <summary>What a node computes. An operation is known to: shape inference, the list of its parameters, its cost, the TorchSharp executor, folding and the ONNX writer; to nothing else.</summary>
internal abstract record Op;

/// <summary>The network's input; the batch dimension is left out of every shape.</summary>
internal sealed record Input(params long[] Shape) : Op;

/// <summary>2-D convolution, square kernel. Weight: Out × In/Groups × Kernel × Kernel.</summary>
internal sealed record Conv(int In, int Out, int Kernel, int Stride = 1, int Padding = 0, int Groups = 1, bool Bias = false) : Op;

/// <summary>Ioffe and Szegedy 2015, arXiv:1502.03167. <paramref name="Momentum"/> is the weight of the new batch in the running statistics.</summary>
internal sealed record BatchNorm(int Channels, double Epsilon = 1e-5, double Momentum = 0.1) : Op;

internal enum ActivationKind { Relu, Relu6 }

internal sealed record Activation(ActivationKind Kind) : Op;

internal sealed record MaxPool(int Kernel, int Stride, int Padding) : Op;

/// <summary>C×H×W to C.</summary>
internal sealed record GlobalAveragePool : Op;

internal sealed record Add : Op;

/// <summary>Inverted dropout; nothing outside <see cref="NodeMode.Train"/>.</summary>
internal sealed record Dropout(double Probability) : Op;

/// <summary>How a fresh linear layer begins.</summary>
internal enum LinearInit
{
    /// <summary>Weight and bias uniform in ± 1/√In: PyTorch's default.</summary>
    UniformFanIn,
    /// <summary>Weight normal with deviation 0.01, bias 0: MobileNetV2.</summary>
    SmallNormal,
}

/// <summary>Weight: Out × In.</summary>
internal sealed record Linear(int In, int Out, LinearInit Init = LinearInit.UniformFanIn) : Op;

namespace GpuGeek.Training.Graphs;

/// <summary>What a node computes. <c>tests/Training.Tests/Graphs/BackEnds.cs</c> lists who has to know every operation; each of them names
/// every operation or throws. Nothing else knows about operations but families of networks.</summary>
internal abstract record Op
{
    public NotSupportedException NotKnownTo(string backEnd) => new($"{GetType().Name} is not known to {backEnd}.");
}

/// <summary>The network's input; the batch dimension is left out of every shape.</summary>
internal sealed record Input(params long[] Shape) : Op;

/// <summary>2-D convolution, square kernel. Weight: Out × In/Groups × Kernel × Kernel.</summary>
internal sealed record Conv(int In, int Out, int Kernel, int Stride = 1, int Padding = 0, int Groups = 1, bool Bias = false) : Op;

/// <summary>Ioffe and Szegedy 2015, arXiv:1502.03167. <paramref name="Momentum"/> is the weight of the new batch in the running
/// statistics.</summary>
internal sealed record BatchNorm(int Channels, double Epsilon = 1e-5, double Momentum = 0.1) : Op;

internal enum ActivationKind
{
    Relu,
    Relu6,

    /// <summary>x · relu6(x + 3) / 6 (Howard et al. 2019, arXiv:1905.02244).</summary>
    HardSwish,

    /// <summary>relu6(x + 3) / 6.</summary>
    HardSigmoid,

    /// <summary>x · sigmoid(x), also called swish.</summary>
    Silu,
    Sigmoid,

    /// <summary>The exact form with the error function (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    Gelu,
}

internal sealed record Activation(ActivationKind Kind) : Op;

/// <param name="Ceiling">The last window may reach over the edge.</param>
internal sealed record MaxPool(int Kernel, int Stride, int Padding, bool Ceiling = false) : Op;

/// <summary>Mean of square windows side by side.</summary>
internal sealed record AveragePool(int Kernel) : Op;

/// <summary>C×H×W to C×Side×Side: means of windows of nearly equal size, which overlap if the sides do not divide.</summary>
internal sealed record AdaptiveAveragePool(int Side) : Op;

/// <summary>C×H×W to C.</summary>
internal sealed record GlobalAveragePool : Op;

internal sealed record Add : Op;

/// <summary>The second input may be 1 where the first is longer.</summary>
internal sealed record Multiply : Op;

/// <summary>Concatenates along the first dimension: the channels of a feature map.</summary>
internal sealed record Concat : Op;

/// <summary>A range of the first dimension.</summary>
internal sealed record Slice(long Start, long Length) : Op;

/// <summary>A new shape for all dimensions except the batch.</summary>
internal sealed record Reshape(params long[] Shape) : Op;

/// <param name="Order">New order of the dimensions, counted without the batch.</param>
internal sealed record Transpose(params int[] Order) : Op;

/// <summary>Matrix product over the last two dimensions.</summary>
internal sealed record MatMul : Op;

/// <summary>Over the last dimension.</summary>
internal sealed record Softmax : Op;

/// <summary>Multiplies by a constant.</summary>
internal sealed record Scale(double Factor) : Op;

/// <summary>Cyclic shift of H×W×C: values that leave on one side return on the other; positive shifts move towards the end.</summary>
internal sealed record Roll(int Down, int Right) : Op;

/// <summary>H×W×C with zeros added below and at the right.</summary>
internal sealed record Pad(int Below, int Right) : Op;

/// <summary>H×W×C without the padding of <see cref="Pad"/>.</summary>
internal sealed record Crop(int Height, int Width) : Op;

/// <summary>Adds constants of the input's shape; a dimension is 1 where they are the same along it.</summary>
internal sealed record AddConstant(float[] Values, long[] Shape) : Op;

/// <summary>Ba, Kiros and Hinton 2016, arXiv:1607.06450, over the last dimension.</summary>
internal sealed record LayerNorm(int Width, double Epsilon) : Op;

/// <summary>Multiplies by a trainable tensor named by the node's path (layer scale; Touvron et al. 2021, arXiv:2103.17239).</summary>
internal sealed record LayerScale(params long[] Shape) : Op;

/// <summary>Adds a trainable tensor named by the node's path: positional embeddings.</summary>
internal sealed record AddParameter(params long[] Shape) : Op;

/// <summary>Adds one trainable row before the rows of a picture, named by the node's path.</summary>
internal sealed record ClassToken(int Width) : Op;

/// <summary>Plus a learnt number for each head and each distance between two pixels of a window (Liu et al. 2021, arXiv:2103.14030, §3.2).
/// Input: windows × heads × Side² × Side².</summary>
internal sealed record RelativePositionBias(int Side, int Heads) : Op;

/// <summary>Drops a whole residual branch for some pictures of a batch (Huang et al. 2016, arXiv:1603.09382); nothing outside <see
/// cref="NodeMode.Train"/>.</summary>
internal sealed record StochasticDepth(double Probability) : Op;

/// <summary>Inverted dropout; no effect outside <see cref="NodeMode.Train"/>.</summary>
internal sealed record Dropout(double Probability) : Op;

/// <summary>Initialisation of a linear layer.</summary>
internal enum LinearInit
{
    /// <summary>Weight and bias uniform in ± 1/√In: PyTorch's default.</summary>
    UniformFanIn,

    /// <summary>Weight normal with deviation 0.01, bias 0: MobileNetV2.</summary>
    SmallNormal,

    /// <summary>Weight normal with deviation 0.02, bias 0: transformers and ConvNeXt.</summary>
    Normal02,

    /// <summary>Weight uniform in ± 1/√Out, bias 0: EfficientNet.</summary>
    UniformFanOut,
}

/// <summary>Of the last dimension. Weight: Out × In.</summary>
/// <param name="Joint">What stands between the path and <c>weight</c>.</param>
internal sealed record Linear(int In, int Out, LinearInit Init = LinearInit.UniformFanIn, bool Bias = true, string Joint = ".") : Op;

namespace GpuGeek.Domain.Weights;

/// <summary>Contents of a weights file and how it fits one architecture; created before anybody uses the file.</summary>
public sealed record WeightsReport
{
    /// <summary>Maximum number of names listed of each kind; the counts include all.</summary>
    public const int MaxListed = 200;

    /// <summary><c>pytorch</c>, <c>pytorch_legacy</c>, <c>safetensors</c> or <c>onnx</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Tensors of the file.</summary>
    public required int Tensors { get; init; }

    /// <summary>Number of values in all tensors.</summary>
    public required long Numbers { get; init; }

    /// <summary>Data types as named in the file, such as <c>float32</c> or <c>bfloat16</c>.</summary>
    public required string[] Types { get; init; }

    /// <summary>The architecture it was compared with: the requested one, else the best match of the catalogue.</summary>
    public required string Architecture { get; init; }

    /// <summary>Outputs of the file's classifier; null if it has none that fits the architecture.</summary>
    public int? Classes { get; init; }

    /// <summary>Layer groups, counted from the input; the last one contains the classifier.</summary>
    public required WeightsGroup[] Groups { get; init; }

    /// <summary>In the network but not in the file, without the classifier; at most <see cref="MaxListed"/>.</summary>
    public required string[] Missing { get; init; }
    public required int MissingCount { get; init; }

    /// <summary>In the file but not in the network.</summary>
    public required string[] Unexpected { get; init; }
    public required int UnexpectedCount { get; init; }

    /// <summary>In both, with different shapes, without the classifier.</summary>
    public required WeightsMismatch[] Mismatched { get; init; }
    public required int MismatchedCount { get; init; }

    /// <summary>Everything before the classifier exists and fits, and nothing is left over.</summary>
    public bool Fits => MissingCount + UnexpectedCount + MismatchedCount == 0;

    /// <summary>Number of groups, counted from the input, in which every tensor fits: this many can be loaded.</summary>
    public int FittingGroups => Groups.TakeWhile(g => g.Fitting == g.Tensors).Count();
}

/// <param name="Name">Module paths that the group covers, such as <c>layer3</c>.</param>
/// <param name="Tensors">Number of tensors of the network, without counters and, in the last group, without the classifier.</param>
/// <param name="Fitting">Number of those that the file has with the same shape.</param>
public sealed record WeightsGroup(string Name, int Tensors, int Fitting);

/// <param name="Network">Shape in the network.</param>
/// <param name="File">Shape in the file.</param>
public sealed record WeightsMismatch(string Name, long[] Network, long[] File);

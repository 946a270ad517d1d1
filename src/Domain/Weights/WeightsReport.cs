namespace GpuGeek.Domain.Weights;

/// <summary>What a weights file holds and how it fits one architecture: made before anybody uses it.</summary>
public sealed record WeightsReport
{
    /// <summary>At most so many names are listed of each kind; the counts tell of all.</summary>
    public const int MaxListed = 200;

    /// <summary><c>pytorch</c>, <c>pytorch_legacy</c>, <c>safetensors</c> or <c>onnx</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Tensors of the file.</summary>
    public required int Tensors { get; init; }

    /// <summary>Numbers in all of them.</summary>
    public required long Numbers { get; init; }

    /// <summary>Types of the numbers as the file names them, such as <c>float32</c> or <c>bfloat16</c>.</summary>
    public required string[] Types { get; init; }

    /// <summary>The architecture it was compared with: the one asked for, else the one of the catalogue that it fits best.</summary>
    public required string Architecture { get; init; }

    /// <summary>Outputs of the file's classifier; null when it has none that fits the architecture.</summary>
    public int? Classes { get; init; }

    /// <summary>Layer groups from the input on; the last one holds the classifier.</summary>
    public required WeightsGroup[] Groups { get; init; }

    /// <summary>In the network and not in the file, the classifier left out; at most <see cref="MaxListed"/>.</summary>
    public required string[] Missing { get; init; }
    public required int MissingCount { get; init; }

    /// <summary>In the file and not in the network.</summary>
    public required string[] Unexpected { get; init; }
    public required int UnexpectedCount { get; init; }

    /// <summary>In both, of different shape, the classifier left out.</summary>
    public required WeightsMismatch[] Mismatched { get; init; }
    public required int MismatchedCount { get; init; }

    /// <summary>All before the classifier is there and fits, and nothing is left over.</summary>
    public bool Fits => MissingCount + UnexpectedCount + MismatchedCount == 0;

    /// <summary>Groups from the input on of which every tensor fits: so many can be loaded.</summary>
    public int FittingGroups => Groups.TakeWhile(g => g.Fitting == g.Tensors).Count();
}

/// <param name="Name">Module paths that the group covers, such as <c>layer3</c>.</param>
/// <param name="Tensors">Of the network; counters and, in the last group, the classifier left out.</param>
/// <param name="Fitting">Of those, how many the file has in the same shape.</param>
public sealed record WeightsGroup(string Name, int Tensors, int Fitting);

/// <param name="Network">Shape in the network.</param>
/// <param name="File">Shape in the file.</param>
public sealed record WeightsMismatch(string Name, long[] Network, long[] File);

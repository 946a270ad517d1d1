namespace GpuGeek.Domain.Runs;

/// <summary>Weights that a run starts from instead of the published ones: a file that somebody uploaded, or what another run
/// learnt.</summary>
public sealed record RecipeStart
{
    /// <summary>Id of the uploaded file, or null.</summary>
    public Guid? Weights { get; init; }

    /// <summary>Model and <see cref="Version"/>, or null.</summary>
    public string? Model { get; init; }
    public int? Version { get; init; }

    /// <summary>What people call it: the file's name, or <c>flowers v3</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the classifier of a model tells apart. It is kept where the new classes are the same in the same order; of an upload
    /// nobody knows the classes, and their number decides.</summary>
    public string[]? Classes { get; init; }

    /// <summary>How many layer groups are taken, from the input on; null takes all, and then everything but the classifier must
    /// fit.</summary>
    public int? Groups { get; init; }

    /// <summary>Whether a classifier with as many outputs may stay.</summary>
    public bool KeepsClassifier(IReadOnlyList<string> classes) => Classes is null || Classes.SequenceEqual(classes, StringComparer.Ordinal);
}

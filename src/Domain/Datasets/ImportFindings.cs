namespace GpuGeek.Domain.Datasets;

/// <summary>What an import would do, found before it changes anything.</summary>
public sealed record ImportFindings
{
    /// <summary>Files shown of each kind.</summary>
    public const int MostExamples = 20;

    /// <summary>Pictures that the dataset does not have, also if another one has the name.</summary>
    public int Added { get; init; }

    /// <summary>Pictures that the dataset has already, as they are in the archive.</summary>
    public int Unchanged { get; init; }

    /// <summary>Pictures that the dataset has with another class, split or group.</summary>
    public int Relabelled { get; init; }

    /// <summary>Of the added ones: another picture of the class has the file name.</summary>
    public int SameName { get; init; }

    /// <summary>Pictures without a label.</summary>
    public int Unlabelled { get; init; }

    /// <summary>Files that cannot be imported.</summary>
    public int Skipped { get; init; }

    /// <summary>Classes that the dataset does not have.</summary>
    public IReadOnlyList<NewClass> NewClasses { get; init; } = [];

    /// <summary>Paths in the archive.</summary>
    public IReadOnlyList<string> SameNameExamples { get; init; } = [];
    public IReadOnlyList<string> RelabelledExamples { get; init; } = [];

    /// <summary>Somebody has to decide: the default may not be what is wanted.</summary>
    /// <param name="takesUnlabelled">That pictures without a label are imported is decided.</param>
    public bool HasConflicts(bool takesUnlabelled) =>
        Relabelled + SameName > 0 || (Unlabelled > 0 && !takesUnlabelled) || NewClasses.Any(c => c.Near is not null);
}

/// <param name="Name">As the archive has it.</param>
/// <param name="Count">Its pictures.</param>
/// <param name="Near">A class of nearly the same name; null: none has one.</param>
public sealed record NewClass(string Name, int Count, string? Near);

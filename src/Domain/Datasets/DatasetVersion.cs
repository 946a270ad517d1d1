using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

/// <summary>An immutable snapshot of a dataset with its splits. Its manifest is in the object store under its own hash.</summary>
public sealed class DatasetVersion : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid DatasetId { get; init; }

    /// <summary>1, 2, 3… within the dataset.</summary>
    public required int Number { get; init; }

    /// <summary>SHA-256 of the manifest's bytes, hex; unique in the dataset.</summary>
    public required string ManifestHash { get; init; }
    public required int Seed { get; init; }

    /// <summary>The shares that it was split by; null: before they were kept, or it is a fold.</summary>
    public SplitFractions? Fractions { get; init; }

    /// <summary>Of cross-validation: which of how many folds is the test set; null: it was split by shares.</summary>
    public int? Fold { get; init; }
    public int? Folds { get; init; }

    /// <summary>Class names, sorted by code point: the order of labels and logits.</summary>
    public required string[] Classes { get; init; }
    public required int ImageCount { get; init; }

    /// <summary>split → class → pictures.</summary>
    public required Dictionary<string, Dictionary<string, int>> Counts { get; init; }

    /// <summary>Groups with pictures in several splits.</summary>
    public int DividedGroups { get; init; }

    /// <summary>Pictures of the validation and test sets that are near-duplicates of one in another split.</summary>
    public int DividedDuplicates { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Hashes of some of its pictures, of several classes, for people to recognise it by.</summary>
    public string[] Samples { get; init; } = [];
    public const int MaxSamples = 8;

    public const int MaxNoteLength = 1000;

    /// <summary>What people want to remember of it; it is no part of the snapshot. Null: nothing.</summary>
    public string? Note { get; set; }
}

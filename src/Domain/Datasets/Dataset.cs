using System.Text;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deletions;

namespace GpuGeek.Domain.Datasets;

/// <summary>A changing collection of labelled pictures. A run trains on a <see cref="DatasetVersion"/>.</summary>
public sealed class Dataset : ITenantOwned, IDeletable
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }

    /// <summary>Unique in the project.</summary>
    public required string Name { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public Guid? DeletionId { get; private set; }
}

/// <summary>A class of a dataset: a label of pictures.</summary>
public sealed class DatasetClass : ITenantOwned
{
    public const int MaxNameLength = 200;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid DatasetId { get; init; }

    /// <summary>Unique in the dataset.</summary>
    public required string Name { get; set; }

    /// <returns>The name as it is stored; null: no class can have it.</returns>
    public static string? NameOf(string text)
    {
        var name = text.Trim().Normalize(NormalizationForm.FormC);
        return name.Length is > 0 and <= MaxNameLength && !name.Any(char.IsControl) ? name : null;
    }
}

public sealed class DatasetImage : ITenantOwned
{
    public const int MaxGroupLength = 200;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid DatasetId { get; init; }

    /// <summary>Null: nobody has labelled it. It is in no version.</summary>
    public required Guid? ClassId { get; set; }

    /// <summary>The import that added it; cancelling that import removes it.</summary>
    public required Guid ImportId { get; init; }

    /// <summary>SHA-256 of the original's bytes, hex; unique in the dataset.</summary>
    public required string Hash { get; init; }

    /// <summary>Original file name; displayed, never used as a path.</summary>
    public required string FileName { get; init; }

    /// <summary>Split from the archive's folders (<see cref="Splits"/>), or null: then the version assigns it.</summary>
    public string? Split { get; set; }

    /// <summary>Pictures of one group, such as those of one patient, stay in one split; null: it has none.</summary>
    public string? GroupName { get; set; }

    /// <summary>Put aside: it is kept, and is in no version.</summary>
    public bool IsArchived { get; set; }

    /// <summary>jpeg, png, webp, gif or bmp, detected by content.</summary>
    public required string Format { get; init; }

    /// <summary>Pixels after applying the EXIF orientation.</summary>
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required long Bytes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>See <see cref="NearDuplicates"/>; null: not computed.</summary>
    public byte[]? PerceptualHash { get; init; }
}

using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Datasets;

public sealed record CreateDatasetRequest
{
    /// <summary>Slug of the project.</summary>
    /// <example>flowers</example>
    [Required, StringLength(63)]
    public required string Project { get; init; }

    /// <summary>Unique in the project.</summary>
    /// <example>flowers5</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string Name { get; init; }
}

public sealed record UpdateDatasetRequest
{
    /// <summary>Unique in the project.</summary>
    /// <example>flowers6</example>
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }
}

/// <param name="Project">Slug of the project.</param>
/// <param name="Bytes">Of the originals.</param>
public sealed record DatasetResponse(
    Guid Id,
    string Project,
    string Name,
    int ImageCount,
    int ClassCount,
    long Bytes,
    int VersionCount,
    DateTimeOffset CreatedAt
);

/// <summary>Counts for the class bar and the split bar.</summary>
/// <param name="Splits">Pictures whose folder gave them a split: split → count; <c>none</c> for the others.</param>
public sealed record DatasetStatsResponse(
    int ImageCount,
    long Bytes,
    IReadOnlyList<ClassCount> Classes,
    IReadOnlyDictionary<string, int> Splits
);

public sealed record ClassCount(string Name, int Count);

/// <summary>Asks before sending: may this archive come, and where to. Or starts the import of a built-in sample.</summary>
public sealed record CreateImportRequest
{
    /// <summary>File name of the archive.</summary>
    /// <example>flowers5.zip</example>
    [StringLength(255, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>Bytes that will be sent.</summary>
    /// <example>17745363</example>
    [Range(1, long.MaxValue)]
    public long? Size { get; init; }

    /// <summary>Name of a built-in sample dataset instead of an archive: <c>shapes</c>.</summary>
    [StringLength(50)]
    public string? Sample { get; init; }
}

/// <param name="State"><c>uploading</c>, <c>queued</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c>, <c>canceled</c>.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Accepted">Pictures taken so far.</param>
/// <param name="Skipped">Files not taken so far.</param>
/// <param name="Classes">Pictures per class that this import brought, once it has ended.</param>
/// <param name="UploadUrl">Where to PUT the archive's bytes, while uploading.</param>
/// <param name="RetryUntil">Until then an import that broke off too often keeps its upload and can be tried again; null: it cannot.</param>
public sealed record ImportResponse(
    Guid Id,
    Guid Dataset,
    string FileName,
    long Size,
    string State,
    double Progress,
    int Accepted,
    int Skipped,
    IReadOnlyList<ClassCount> Classes,
    ErrorInfo? Error,
    string? UploadUrl,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? RetryUntil = null
);

/// <param name="Path">Inside the archive.</param>
public sealed record SkippedFileResponse(string Path, string Code, string Reason, string? Hint);

/// <param name="Thumbnail">Address relative to the API's origin. Its bytes never change; ask again with If-None-Match, which answers
/// 304.</param>
/// <param name="Content">The original's bytes.</param>
public sealed record ImageResponse(
    Guid Id,
    string Class,
    string? Split,
    string FileName,
    string Format,
    int Width,
    int Height,
    long Bytes,
    string Hash,
    string Thumbnail,
    string Content,
    DateTimeOffset CreatedAt
);

public sealed record UpdateImageRequest
{
    /// <summary>Name of another class of the dataset.</summary>
    /// <example>rose</example>
    [StringLength(200, MinimumLength = 1)]
    public string? Class { get; init; }

    /// <summary><c>train</c>, <c>val</c> or <c>test</c>; <c>none</c>: each version assigns it.</summary>
    /// <example>test</example>
    [RegularExpression("^(train|val|test|none)$", ErrorMessage = "The split must be 'train', 'val', 'test' or 'none'.")]
    public string? Split { get; init; }
}

public sealed record CreateVersionRequest
{
    /// <summary>Shares that sum to 1; pictures whose folder gave a split keep it.</summary>
    [Required]
    public SplitShares Split { get; init; } = new(0.7, 0.15, 0.15);

    /// <summary>Equal pictures with an equal seed fall the same way.</summary>
    public int Seed { get; init; }
}

public sealed record SplitShares(double Train, double Val, double Test);

/// <param name="ManifestHash"><c>sha256:…</c> of the manifest's bytes.</param>
/// <param name="Counts">split → class → pictures.</param>
public sealed record VersionResponse(
    Guid Id,
    Guid Dataset,
    int Number,
    string ManifestHash,
    int Seed,
    int ImageCount,
    IReadOnlyList<string> Classes,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Counts,
    DateTimeOffset CreatedAt
);

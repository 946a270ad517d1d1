using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

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
/// <param name="Bytes">Total size of the original files.</param>
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

/// <summary>Number of pictures per class and per split.</summary>
/// <param name="Splits">split → number of pictures whose folder assigned that split; <c>none</c> for the others.</param>
public sealed record DatasetStatsResponse(
    int ImageCount,
    long Bytes,
    IReadOnlyList<ClassCount> Classes,
    IReadOnlyDictionary<string, int> Splits
)
{
    /// <summary>Changes when pictures are added or removed, or get another class or split.</summary>
    public long Stamp { get; init; }

    /// <summary>Pictures without a class: they count in <c>imageCount</c>, and are in no version.</summary>
    public int Unlabelled { get; init; }

    /// <summary>Pictures that were put aside: they do not count in <c>imageCount</c>, but in <c>bytes</c>.</summary>
    public int Archived { get; init; }
}

public sealed record ClassCount(string Name, int Count);

/// <param name="Class">Empty: it has no label.</param>
/// <param name="Group">Pictures of one group stay in one split of a version. Null: it has none.</param>
/// <param name="Thumbnail">Address relative to the API's origin. Its bytes never change; a request with If-None-Match returns
/// 304.</param>
/// <param name="Content">Address of the original file.</param>
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
    DateTimeOffset CreatedAt,
    string? Group = null,
    bool Archived = false
);

/// <summary>Which pictures of a dataset; null: all.</summary>
/// <param name="Class">Name of the class.</param>
/// <param name="Split"><c>train</c>, <c>val</c>, <c>test</c>, or <c>none</c>.</param>
/// <param name="Name">A part of the file name.</param>
/// <param name="AddedFrom">Added at this time or later.</param>
/// <param name="AddedTo">Added before this time.</param>
/// <param name="AddedBy">Id of the person who uploaded it.</param>
/// <param name="Labelled">Whether it has a class.</param>
/// <param name="Archived">True: the archived pictures; otherwise the others.</param>
/// <param name="WrongBy">A model and its version, such as <c>flowers/2</c>: the test pictures that it predicted wrong.</param>
public sealed record ImageFilter(
    string? Class = null,
    string? Split = null,
    string? Name = null,
    DateTimeOffset? AddedFrom = null,
    DateTimeOffset? AddedTo = null,
    Guid? AddedBy = null,
    bool? Labelled = null,
    bool Archived = false,
    string? WrongBy = null
)
{
    /// <summary>Whether it means more than class, split and archive, which the kept counts know.</summary>
    [JsonIgnore]
    public bool IsDetailed =>
        Name is not null || AddedFrom is not null || AddedTo is not null || AddedBy is not null || WrongBy is not null;
}

/// <param name="AtLeast">More match: they were not counted.</param>
public sealed record ImageCountResponse(int Count, bool AtLeast);

/// <summary>Changes many pictures: either <c>images</c> or <c>filter</c>, and either <c>remove</c> or what to change.</summary>
public sealed record EditImagesRequest
{
    /// <summary>Ids of pictures, at most 6,000; others of the dataset are left alone.</summary>
    [MaxLength(6_000)]
    public IReadOnlyList<Guid>? Images { get; init; }

    /// <summary>All pictures that it means; an empty one means all of the dataset.</summary>
    public ImageFilter? Filter { get; init; }

    /// <summary>Name of an existing class of the dataset. Empty: the pictures have no label.</summary>
    /// <example>rose</example>
    [StringLength(200)]
    public string? Class { get; init; }

    /// <summary><c>train</c>, <c>val</c> or <c>test</c>; with <c>none</c> each version assigns a split.</summary>
    /// <example>test</example>
    [RegularExpression("^(train|val|test|none)$", ErrorMessage = "The split must be 'train', 'val', 'test' or 'none'.")]
    public string? Split { get; init; }

    /// <summary>Empty: the pictures have none.</summary>
    /// <example>patient 17</example>
    [StringLength(200)]
    public string? Group { get; init; }

    /// <summary>True: the pictures are put aside. They are kept, count in the plan, and are in no new version. False: no
    /// more.</summary>
    public bool? Archived { get; init; }

    /// <summary>Removes the pictures from the dataset.</summary>
    public bool Remove { get; init; }
}

/// <param name="Count">Pictures that were changed; after it was undone, those that are as they were.</param>
/// <param name="UndoableUntil">Until then it can be undone.</param>
/// <param name="UndoneAt">Null: it was not.</param>
public sealed record ImageEditResponse(
    Guid Id,
    int Count,
    DateTimeOffset CreatedAt,
    DateTimeOffset UndoableUntil,
    DateTimeOffset? UndoneAt
);

/// <summary>An edit of many pictures that is running now.</summary>
/// <param name="Done">Pictures changed so far. Nothing is saved until the edit has ended.</param>
/// <param name="Total">All that it changes. 0: no edit is running.</param>
public sealed record ImageEditProgressResponse(int Done, int Total);

public sealed record UpdateImageRequest
{
    /// <summary>Name of an existing class of the dataset. Empty: the picture has no label.</summary>
    /// <example>rose</example>
    [StringLength(200)]
    public string? Class { get; init; }

    /// <summary>True: the picture is put aside. It is kept, counts in the plan, and is in no new version. False: no more.</summary>
    public bool? Archived { get; init; }

    /// <summary><c>train</c>, <c>val</c> or <c>test</c>; with <c>none</c> each version assigns a split.</summary>
    /// <example>test</example>
    [RegularExpression("^(train|val|test|none)$", ErrorMessage = "The split must be 'train', 'val', 'test' or 'none'.")]
    public string? Split { get; init; }

    /// <summary>Pictures of one group, such as those of one patient, stay in one split of a version. Empty: the picture has none.</summary>
    /// <example>patient 17</example>
    [StringLength(200)]
    public string? Group { get; init; }
}

public sealed record CreateVersionRequest
{
    /// <summary>Shares that sum to 1. A picture whose folder assigned a split keeps that split.</summary>
    [Required]
    public SplitShares Split { get; init; } = new(0.7, 0.15, 0.15);

    /// <summary>The same pictures with the same seed give the same split. Pictures of the newest version with the same seed and shares
    /// keep its splits.</summary>
    public int Seed { get; init; }

    /// <summary>Pictures that nearly equal each other come into one split: the same photograph saved again, or the next one of a
    /// series. Otherwise a warning counts those that are tested on what the model has seen.</summary>
    public bool NearDuplicatesTogether { get; init; } = true;

    /// <summary>For cross-validation, instead of shares: the number of folds that the pictures are divided into by the seed. Create a
    /// version for each: one fold is its test set, the next one its validation set. A split that a folder, a table or a person has
    /// set stays.</summary>
    /// <example>5</example>
    [Range(3, 20)]
    public int? Folds { get; init; }

    /// <summary>With <c>folds</c>: the one to test on, from 1.</summary>
    /// <example>1</example>
    [Range(1, 20)]
    public int? Fold { get; init; }
}

public sealed record SplitShares(double Train, double Val, double Test);

/// <param name="ManifestHash"><c>sha256:…</c> of the manifest's bytes.</param>
/// <param name="Counts">split → class → pictures.</param>
/// <param name="Split">The shares that it was split by; null: it is a fold, or was created before they were kept.</param>
/// <param name="Warnings">What makes figures of its trainings worth less.</param>
public sealed record VersionResponse(
    Guid Id,
    Guid Dataset,
    int Number,
    string ManifestHash,
    int Seed,
    int ImageCount,
    IReadOnlyList<string> Classes,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Counts,
    DateTimeOffset CreatedAt,
    SplitShares? Split = null,
    IReadOnlyList<VersionWarningResponse>? Warnings = null
)
{
    /// <summary>What people want to remember of it; null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Of cross-validation: which of <c>folds</c> is the test set; null: it was split by shares.</summary>
    public int? Fold { get; init; }
    public int? Folds { get; init; }

    /// <summary>Number of runs that learn, or have learned, from it.</summary>
    public int Runs { get; init; }

    /// <summary>Number of model versions that came of these runs.</summary>
    public int Models { get; init; }

    /// <summary>Addresses of thumbnails of some of its pictures, relative to the API's origin. A version of before they were kept has
    /// none.</summary>
    public IReadOnlyList<string> Samples { get; init; } = [];
}

public sealed record UpdateVersionRequest
{
    /// <summary>Plain text; empty removes it. It is no part of the manifest.</summary>
    /// <example>With the pictures of the second camera.</example>
    [Required(AllowEmptyStrings = true), StringLength(1000)]
    public required string Note { get; init; }
}

/// <summary>How one version differs from another.</summary>
/// <param name="Counts">Pictures by kind: <c>added</c>, <c>removed</c>, <c>relabelled</c>, <c>moved</c> to another split,
/// <c>regrouped</c>. A picture can be of several of the last three.</param>
/// <param name="Items">The pictures of this page, in the order of their hashes.</param>
/// <param name="Next">Send it as <c>after</c> for the next page; null: this is the last.</param>
public sealed record VersionChangesResponse(
    IReadOnlyDictionary<string, int> Counts,
    IReadOnlyList<VersionChangeResponse> Items,
    string? Next
);

/// <param name="Before">In the other version; null: it was added.</param>
/// <param name="After">In this version; null: it was removed.</param>
/// <param name="Thumbnail">Address relative to the API's origin.</param>
public sealed record VersionChangeResponse(
    string Hash,
    IReadOnlyList<string> Kinds,
    VersionPicture? Before,
    VersionPicture? After,
    string Thumbnail
);

/// <summary>What a version knows of a picture.</summary>
/// <param name="Group">Null: it has none.</param>
public sealed record VersionPicture(string Class, string Split, string? Group);

/// <param name="Url">Downloads the archive without any other right.</param>
public sealed record VersionArchiveResponse(string Url, DateTimeOffset ExpiresAt);

/// <param name="Code"><c>class_missing</c> (the classes have no picture in the split), <c>few_pictures</c> (the classes have fewer than
/// <c>count</c> pictures in the split), <c>divided_groups</c> (so many groups have pictures in several splits) or <c>near_duplicates</c>
/// (so many pictures of the validation and test sets nearly equal one in another split).</param>
/// <param name="Split">Null: it is about all of them.</param>
/// <param name="Classes">Which it is about.</param>
public sealed record VersionWarningResponse(string Code, string? Split, IReadOnlyList<string> Classes, int Count);

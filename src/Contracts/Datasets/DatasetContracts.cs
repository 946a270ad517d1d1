using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
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

/// <summary>Requests an upload: checks whether the archive is accepted and returns the upload address. Or starts the import of a built-in
/// sample.</summary>
public sealed record CreateImportRequest
{
    /// <summary>File name of the archive.</summary>
    /// <example>flowers5.zip</example>
    [StringLength(255, MinimumLength = 1)]
    public string? Name { get; init; }

    /// <summary>Size of the archive in bytes.</summary>
    /// <example>17745363</example>
    [Range(1, long.MaxValue)]
    public long? Size { get; init; }

    /// <summary>What the client tells the file by, such as a hash of its first bytes: a resumed upload is found by it.</summary>
    [StringLength(200)]
    public string? Fingerprint { get; init; }

    /// <summary>Name of a built-in sample dataset instead of an archive: <c>shapes</c>.</summary>
    [StringLength(50)]
    public string? Sample { get; init; }

    /// <summary><c>never</c>: the import begins when the archive has arrived. <c>conflicts</c>: it is read first, and if something is to
    /// be decided (equal file names, other labels, pictures without a label, class names that nearly match), the import waits in the
    /// state <c>review</c> for <c>POST …/imports/{import}/start</c>. <c>always</c>: it waits in any case.</summary>
    /// <example>conflicts</example>
    [RegularExpression("^(never|conflicts|always)$", ErrorMessage = "'review' must be 'never', 'conflicts' or 'always'.")]
    public string Review { get; init; } = "never";

    /// <inheritdoc cref="StartImportRequest.OnExisting"/>
    /// <example>keep</example>
    [RegularExpression("^(keep|skip|replace)$", ErrorMessage = "'onExisting' must be 'keep', 'skip' or 'replace'.")]
    public string OnExisting { get; init; } = "keep";

    /// <inheritdoc cref="StartImportRequest.Unlabelled"/>
    public bool Unlabelled { get; init; }
}

/// <summary>Decides what an import does that waits in the state <c>review</c>.</summary>
public sealed record StartImportRequest
{
    /// <summary>Of a picture whose class has another picture with its file name: <c>keep</c> both, <c>skip</c> the new one, or
    /// <c>replace</c> the other one, which is archived; the new one gets its split and group. With <c>replace</c>, pictures that the
    /// dataset has already get the archive's class, split and group.</summary>
    /// <example>replace</example>
    [RegularExpression("^(keep|skip|replace)$", ErrorMessage = "'onExisting' must be 'keep', 'skip' or 'replace'.")]
    public string OnExisting { get; init; } = "keep";

    /// <summary>Pictures without a label are imported, for people to label; otherwise they are skipped.</summary>
    public bool Unlabelled { get; init; }

    /// <summary>Classes of the archive → what they are called in the dataset. The others keep their names.</summary>
    public IReadOnlyDictionary<string, string> Classes { get; init; } = new Dictionary<string, string>();
}

/// <summary>What an import would do.</summary>
/// <param name="Added">Pictures that the dataset does not have.</param>
/// <param name="Unchanged">Pictures that the dataset has as they are in the archive, and repeated ones.</param>
/// <param name="Relabelled">Pictures that the dataset has with another class, split or group; only <c>replace</c> changes them.</param>
/// <param name="SameName">Of the added ones: their class has another picture with the file name.</param>
/// <param name="Unlabelled">Of the added ones: they have no label.</param>
/// <param name="Skipped">Files that cannot be imported.</param>
/// <param name="NewClasses">Classes that the dataset does not have.</param>
/// <param name="SameNameExamples">Paths of the first of them.</param>
/// <param name="RelabelledExamples">Paths of the first of them.</param>
public sealed record ImportFindingsResponse(
    int Added,
    int Unchanged,
    int Relabelled,
    int SameName,
    int Unlabelled,
    int Skipped,
    IReadOnlyList<NewClassResponse> NewClasses,
    IReadOnlyList<string> SameNameExamples,
    IReadOnlyList<string> RelabelledExamples
);

/// <param name="Near">A class whose name it nearly has, of the dataset or of the archive; null: there is none.</param>
public sealed record NewClassResponse(string Name, int Count, string? Near);

/// <param name="State"><c>uploading</c>, <c>queued</c>, <c>running</c>, <c>review</c>, <c>succeeded</c>, <c>failed</c>,
/// <c>canceled</c>.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Accepted">Number of pictures imported so far, or labelled by a table.</param>
/// <param name="Skipped">Number of files skipped so far.</param>
/// <param name="Classes">Imported pictures per class, once the import has ended.</param>
/// <param name="UploadUrl">Address to PUT the archive's bytes to, while the state is <c>uploading</c>.</param>
/// <param name="RetryUntil">An import that was interrupted too often keeps its upload until then and can be retried. Null: it cannot be
/// retried.</param>
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
)
{
    /// <summary><c>archive</c>; <c>labels</c>: a table for pictures that are in the dataset already; <c>sample</c>;
    /// <c>version</c>: a version that was restored.</summary>
    public string Source { get; init; } = "archive";

    /// <summary>Bytes of the archive that are stored for good: a resumed upload continues there.</summary>
    public long Received { get; init; }

    /// <summary>Address of the upload in the protocol tus 1.0, for its uploader, while the state is <c>uploading</c>: HEAD it, then PATCH
    /// the bytes from <c>received</c> on.</summary>
    public string? ResumeUrl { get; init; }

    /// <summary>As it was requested with.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Id of the only person who may send the bytes; null: everybody who may edit the dataset.</summary>
    public Guid? Uploader { get; init; }

    /// <summary>Name of the table of labels that was sent beside the archive; null: none was.</summary>
    public string? Labels { get; init; }

    /// <summary>What it would do, while the state is <c>review</c>.</summary>
    public ImportFindingsResponse? Findings { get; init; }

    /// <summary>Without a decision until then, the upload is deleted.</summary>
    public DateTimeOffset? ReviewUntil { get; init; }

    /// <summary>It has changed pictures that were there before. Until then that can be undone, as the edit with the import's id: <c>POST
    /// …/images/edits/{import}/undo</c>.</summary>
    public DateTimeOffset? UndoableUntil { get; init; }
}

/// <param name="Path">Path inside the archive.</param>
public sealed record SkippedFileResponse(string Path, string Code, string Reason, string? Hint);

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

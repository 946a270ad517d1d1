using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Datasets;

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

using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

public enum ImportState
{
    Uploading,
    Queued,
    Running,
    Succeeded,
    Failed,
    Canceled,
}

public enum ImportSource
{
    Upload,
    Sample,
}

/// <summary>The import of one archive into a dataset. Light work: a child process of a worker reads the archive.</summary>
public sealed class Import : Upload, ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid DatasetId { get; init; }
    public required ImportSource Source { get; init; }

    /// <summary>Name of the uploaded file, or of the sample.</summary>
    public required string FileName { get; init; }

    /// <summary>Size of the archive: announced or reserved during the upload, then the received size; 0 for a sample.</summary>
    public long Size { get; set; }
    public ImportState State { get; set; } = ImportState.Uploading;

    /// <summary>0..1.</summary>
    public double Progress { get; set; }
    public int Accepted { get; set; }
    public int Skipped { get; set; }
    public Failure? Error { get; set; }
    public bool CancelRequested { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The owner of the lease and its expiry; after that the import is restarted.</summary>
    public string? Owner { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Number of starts; together with the owner it identifies a lease.</summary>
    public int Attempt { get; set; }

    public bool IsFinished => State is ImportState.Succeeded or ImportState.Failed or ImportState.Canceled;
}

/// <summary>A file of an archive that was not imported, and the reason.</summary>
public sealed class SkippedFile : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ImportId { get; init; }

    /// <summary>Path inside the archive.</summary>
    public required string Path { get; init; }

    /// <summary>Stable code, such as <c>unsupported_format</c>, <c>image_damaged</c>, <c>duplicate</c>, <c>label_conflict</c>.</summary>
    public required string Code { get; init; }
    public required string Reason { get; init; }
    public string? Hint { get; init; }
}

using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

public enum ImportSource
{
    Upload,
    Sample,
}

/// <summary>The import of one archive into a dataset; its job is of the kind <c>import</c>. A sample has the name of the sample as its file
/// name and 0 bytes.</summary>
public sealed class Import : Upload
{
    public required Guid DatasetId { get; init; }
    public required ImportSource Source { get; init; }
    public int Accepted { get; set; }
    public int Skipped { get; set; }

    /// <summary>The only person who may send its bytes; null: anyone who may edit the dataset (created before this was recorded).</summary>
    public Guid? UploaderId { get; init; }

    /// <summary>What the client tells its file by, to find the upload that a chosen file continues.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Bytes that are stored for good: a resumed upload continues here.</summary>
    public long Received { get; set; }

    /// <summary>Names of the stored parts, in the order of their bytes; empty: the archive is one object
    /// (<see cref="Storage.ObjectKeys"/>).</summary>
    public Guid[] Parts { get; set; } = [];

    public const int MaxFingerprintLength = 200;
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

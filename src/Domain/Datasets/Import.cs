using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

public enum ImportSource
{
    Upload,
    Sample,

    /// <summary>A version of the dataset: its pictures and labels come back.</summary>
    Version,
}

/// <summary>What becomes of a picture of the archive if another one of its class has its file name.</summary>
public enum OnExisting
{
    /// <summary>Both are kept.</summary>
    Keep,

    /// <summary>The one of the archive is skipped.</summary>
    Skip,

    /// <summary>The other one is archived. Pictures that are there already get the archive's class, split and group.</summary>
    Replace,
}

/// <summary>When an import shows what it would do, and waits for a decision.</summary>
public enum ImportReview
{
    Never,

    /// <summary>Only if something is to be decided.</summary>
    Conflicts,
    Always,
}

/// <summary>The import of one archive into a dataset; its job is of the kind <c>import</c>. A sample has the name of the sample as its file
/// name and 0 bytes.</summary>
public sealed class Import : Upload
{
    public required Guid DatasetId { get; init; }
    public required ImportSource Source { get; set; }
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

    /// <summary>A table of labels that was sent beside the archive: its name, and that of its stored part. Null: none was.</summary>
    public string? LabelsName { get; set; }
    public Guid? LabelsPart { get; set; }
    public long LabelsBytes { get; set; }

    /// <summary>The version that comes back; null: it is another import.</summary>
    public Guid? VersionId { get; set; }
    public OnExisting OnExisting { get; set; }

    /// <summary>Pictures without a label are imported; otherwise they are skipped.</summary>
    public bool Unlabelled { get; set; }

    /// <summary>Classes of the archive that are called otherwise in the dataset.</summary>
    public Dictionary<string, string> Classes { get; set; } = [];
    public ImportReview Review { get; set; }

    /// <summary>What it would do; null: nobody has looked.</summary>
    public ImportFindings? Findings { get; set; }

    /// <summary>Somebody has decided what it does.</summary>
    public bool IsDecided { get; set; }

    public const int MaxFingerprintLength = 200;

    /// <summary>It is read first to find out what it would do.</summary>
    public bool IsChecked => Review != ImportReview.Never && !IsDecided;
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

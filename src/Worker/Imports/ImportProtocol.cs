using System.Text.Json;
using System.Text.Json.Serialization;
using GpuGeek.Domain.Common;
using GpuGeek.Worker.Imports.Archives;

namespace GpuGeek.Worker.Imports;

/// <summary>Exactly one of the sources is set.</summary>
internal sealed record ImportSpec
{
    /// <summary>A ZIP file.</summary>
    public string? Archive { get; init; }

    /// <summary>A folder of pictures, for use without a server.</summary>
    public string? Folder { get; init; }

    /// <summary>A table of labels for pictures that are in the dataset already.</summary>
    public TableSpec? Table { get; init; }

    /// <summary>A table of labels beside the archive.</summary>
    public TableFile? Labels { get; init; }

    /// <summary>Only looks at the files: writes no picture.</summary>
    public bool Check { get; init; }

    /// <summary>Pictures without a label are reported too; otherwise they are skipped.</summary>
    public bool Unlabelled { get; init; }

    /// <summary>Name of a built-in sample.</summary>
    public string? Sample { get; init; }
    public ArchiveLimits Limits { get; init; } = new();

    /// <summary>Whether each picture gets a small one beside it, for the gallery.</summary>
    public bool Thumbnails { get; init; } = true;

    /// <summary>Maximum number of pictures in <c>out/</c> that are not fetched yet: beyond it the child waits. 0 never waits.</summary>
    public int MaxWaiting { get; init; } = 1024;

    /// <summary>Bytes of disk space that the child leaves free for the database: below it the child waits.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>The child's exit code if the disk became full.</summary>
    public const int DiskFull = 28;

    /// <summary>JSON options of specification and events, on both sides.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };
}

/// <param name="Path">On this machine.</param>
/// <param name="Name">As it was uploaded.</param>
internal sealed record TableFile(string Path, string Name);

/// <param name="Pictures">A file with a <see cref="Labels.KnownPicture"/> in each line.</param>
internal sealed record TableSpec(TableFile File, string Pictures);

/// <param name="MaxEntries">Entries of an archive, folders included.</param>
/// <param name="MaxArchiveBytes">Size of the archive.</param>
/// <param name="MaxTotalBytes">All entries together, unpacked.</param>
/// <param name="MaxRatio">Unpacked to packed size of one entry, and of all, above <paramref name="RatioFrom"/>.</param>
/// <param name="RatioFrom">Unpacked size from which the ratio is checked.</param>
/// <param name="MaxEntryBytes">Larger files are skipped.</param>
/// <param name="MaxDepth">Maximum number of folders above a file.</param>
internal sealed record ArchiveLimits(
    int MaxEntries = 200_000,
    long MaxArchiveBytes = 50L << 30,
    long MaxTotalBytes = 50L << 30,
    int MaxRatio = 200,
    long RatioFrom = 10L << 20,
    long MaxEntryBytes = 64L << 20,
    int MaxDepth = 64
);

/// <summary>One line of the child's <c>events.jsonl</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(PictureEvent), "picture")]
[JsonDerivedType(typeof(LabelledEvent), "labelled")]
[JsonDerivedType(typeof(SkippedEvent), "skipped")]
[JsonDerivedType(typeof(ImportFailedEvent), "failed")]
[JsonDerivedType(typeof(ImportDoneEvent), "done")]
internal abstract record ImportEvent;

/// <summary>A picture is complete under its hash in <c>out/</c>.</summary>
/// <param name="Class">Null: it has no label.</param>
/// <param name="Split">Split named by a folder above or by a table of labels, or null.</param>
/// <param name="Progress">Progress of the whole archive, 0..1.</param>
/// <param name="Group">Named by a table of labels, or null.</param>
internal sealed record PictureEvent(
    string Path,
    string? Class,
    string? Split,
    string Hash,
    string Format,
    int Width,
    int Height,
    long Bytes,
    double Progress,
    string? Group = null,
    byte[]? PerceptualHash = null
) : ImportEvent
{
    private const int MaxFileName = 500;

    /// <summary>As the dataset has it.</summary>
    [JsonIgnore]
    public string FileName => ArchiveException.Shown(Path[(Path.LastIndexOf('/') + 1)..], MaxFileName / 6);
}

/// <summary>A picture of the dataset gets a class.</summary>
/// <param name="Split">Null: it keeps what it has.</param>
/// <param name="Group">Null: it keeps what it has.</param>
internal sealed record LabelledEvent(Guid Picture, string Class, string? Split, string? Group, double Progress) : ImportEvent;

internal sealed record SkippedEvent(string Path, string Code, string Reason, string? Hint, double Progress) : ImportEvent;

/// <summary>The whole archive is refused: nothing of it is kept.</summary>
internal sealed record ImportFailedEvent(Failure Failure) : ImportEvent;

internal sealed record ImportDoneEvent : ImportEvent;

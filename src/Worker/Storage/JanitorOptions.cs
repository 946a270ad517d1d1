using System.ComponentModel.DataAnnotations;
using GpuGeek.Domain.Common;

namespace GpuGeek.Worker.Storage;

/// <summary>Set by <c>GPUGEEK_JANITOR_MINUTES</c>, <c>GPUGEEK_GRACE_DAYS</c>, <c>GPUGEEK_UPLOAD_HOURS</c> and
/// <c>GPUGEEK_EMBEDDING_BYTES</c>.</summary>
public sealed class JanitorOptions
{
    public const string Section = "Janitor";

    /// <summary>Minutes from one round to the next; 0: this worker runs no rounds.</summary>
    [Range(
        0,
        7 * 24 * 60,
        ErrorMessage = "GPUGEEK_JANITOR_MINUTES must be a number from 0 (off) to 10080: minutes from one round of the janitor to "
            + "the next."
    )]
    public int Minutes { get; set; } = 60;

    /// <summary>Days that an unreferenced object is kept. A database backup that is at most this old finds all of its objects.</summary>
    [Range(1, 3650, ErrorMessage = "GPUGEEK_GRACE_DAYS must be a number from 1 to 3650: days that unreferenced objects are kept.")]
    public int GraceDays { get; set; } = 7;

    /// <summary>Hours without new bytes after which an upload fails.</summary>
    [Range(
        1,
        24 * 365,
        ErrorMessage = "GPUGEEK_UPLOAD_HOURS must be a number from 1 to 8760: hours without new bytes after which an upload fails."
    )]
    public int UploadHours { get; set; } = Upload.HoursKept;

    /// <summary>Bytes of embeddings that are kept for one organisation; the least recently used are evicted.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "GPUGEEK_EMBEDDING_BYTES must be a number of bytes, at least 0.")]
    public long EmbeddingBytes { get; set; } = 4L << 30;

    internal TimeSpan UploadLimit => TimeSpan.FromHours(UploadHours);
    internal TimeSpan Grace => TimeSpan.FromDays(GraceDays);
}

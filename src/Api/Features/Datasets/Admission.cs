using GpuGeek.Api.Http;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>May an archive come, and how much of it? The one place that refuses, before a byte is read and while bytes come.</summary>
internal static class Admission
{
    private const string TooLong = "A table of labels can have at most 64 MiB.";
    private static readonly byte[] ZipMagic = "PK"u8.ToArray();

    /// <summary>So many first bytes tell an archive from something else.</summary>
    public const int HeadBytes = 2;

    // The archive, its extracted pictures and working space.
    private const double DiskFactor = 2.2;

    /// <summary>Detects by name a file that is neither an archive nor a table of labels. Its content is checked later.</summary>
    /// <param name="bytes">Null: unknown.</param>
    public static ProblemHttpResult? Refuse(string name, long? bytes) =>
        ImportFiles.IsArchive(name) ? null
        : !ImportFiles.IsTable(name) ? UnsupportedArchive()
        : bytes > ImportFiles.MaxTableBytes ? Problems.Of(413, "too_large", "Too large", TooLong, "Split it, or put it into a ZIP archive.")
        : null;

    /// <param name="head">The file's first <see cref="HeadBytes"/>, if there are so many.</param>
    public static bool Begins(string name, ReadOnlySpan<byte> head) =>
        ImportFiles.IsTable(name) || (head.Length > 0 && head.StartsWith(ZipMagic.AsSpan(0, Math.Min(head.Length, ZipMagic.Length))));

    /// <param name="db">In a transaction that holds the plan's lock, so that of two requests at once the second sees the first.</param>
    /// <param name="bytes">Size of the archive, as far as it is known.</param>
    /// <param name="counted">Bytes of the archive that the plan already counts.</param>
    /// <param name="stored">Bytes of the archive that are already on disk.</param>
    /// <param name="inParts">It is stored in parts.</param>
    /// <returns>Maximum size of the archive at this moment.</returns>
    /// <exception cref="DomainException"><c>plan_limit</c>, <c>too_large</c> or <c>disk_full</c>.</exception>
    public static async Task<long> CheckAsync(
        GpuGeekDbContext db,
        IObjectStore store,
        Guid org,
        long bytes,
        long counted,
        long stored,
        CancellationToken cancellationToken,
        bool inParts = false
    )
    {
        // A worker joins the parts beside them, where it would link one object.
        var factor = inParts ? DiskFactor + 1 : DiskFactor;
        var beside = await PlanGate.CheckStorageAsync(db, org, bytes - counted, 1, cancellationToken);
        if (bytes > LongBody.MostBytes)
            throw new DomainException("too_large", "An archive can have at most 50 GiB.", "Split it into several archives.");
        var most = Math.Min(bytes + beside, LongBody.MostBytes);
        if (store.FreeBytes is not { } free)
            return most;
        var needed = (bytes * factor) - stored;
        if (free < needed)
        {
            throw new DomainException(
                "disk_full",
                $"The archive needs {needed / 1e9:0.0} GB of disk space, but only {free / 1e9:0.0} GB are free.",
                "Free some disk space on the server, or send a smaller archive."
            );
        }
        return Math.Max(bytes, Math.Min(most, (long)((free + stored) / factor)));
    }

    public static ProblemHttpResult UnsupportedArchive() =>
        Problems.Of(
            415,
            "unsupported_archive",
            "Not a ZIP archive",
            "Only ZIP archives are imported, and tables of labels (.csv, .tsv, .jsonl, .json).",
            "Pack one folder per class into a .zip file."
        );
}

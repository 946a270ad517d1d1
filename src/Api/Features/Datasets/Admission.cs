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
    // The archive, the pictures out of it and room to work.
    private const double DiskFactor = 2.2;

    /// <summary>Of what is no ZIP archive by its name. What it is by its bytes, the bytes tell.</summary>
    public static ProblemHttpResult? RefuseName(string name) =>
        name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? null : UnsupportedArchive();

    /// <param name="db">In a transaction that holds the plan's lock, so that of two at once the second sees the first.</param>
    /// <param name="bytes">Of the archive, as far as they are known.</param>
    /// <param name="counted">Those of them that the plan counts already.</param>
    /// <param name="stored">Those of them that lie on the disk already.</param>
    /// <returns>Bytes that the archive may have in all, as things are now.</returns>
    /// <exception cref="DomainException"><c>plan_limit</c>, <c>too_large</c> or <c>disk_full</c>.</exception>
    public static async Task<long> CheckAsync(
        GpuGeekDbContext db,
        IObjectStore store,
        Guid org,
        long bytes,
        long counted,
        long stored,
        CancellationToken cancellationToken
    )
    {
        var beside = await PlanGate.CheckStorageAsync(db, org, bytes - counted, 1, cancellationToken);
        if (bytes > LongBody.MostBytes)
            throw new DomainException("too_large", "An archive has at most 50 GiB.", "Split it into several archives.");
        var most = Math.Min(bytes + beside, LongBody.MostBytes);
        if (store.FreeBytes is not { } free)
            return most;
        var needed = (bytes * DiskFactor) - stored;
        if (free < needed)
        {
            throw new DomainException(
                "disk_full",
                $"The archive needs {needed / 1e9:0.0} GB of disk and {free / 1e9:0.0} GB are free.",
                "Free some disk on the server, or send a smaller archive."
            );
        }
        return Math.Max(bytes, Math.Min(most, (long)((free + stored) / DiskFactor)));
    }

    /// <summary>The archive lies in the store already and counts there: what is asked is room for the pictures out of it.</summary>
    /// <exception cref="DomainException"/>
    public static Task CheckAgainAsync(GpuGeekDbContext db, IObjectStore store, Import import, CancellationToken cancellationToken) =>
        CheckAsync(db, store, import.OrgId, import.Size, import.Size, import.Size, cancellationToken);

    public static ProblemHttpResult UnsupportedArchive() =>
        Problems.Of(
            415,
            "unsupported_archive",
            "Not a ZIP archive",
            "Only ZIP archives are imported.",
            "Pack one folder per class into a .zip file."
        );
}

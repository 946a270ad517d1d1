using GpuGeek.Api.Http;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>May an archive come, and how much of it? The one place that refuses, before a byte is read and while bytes come.</summary>
internal static class Admission
{
    // The archive, its extracted pictures and working space.
    private const double DiskFactor = 2.2;

    /// <summary>Detects by name a file that is not a ZIP archive. Its content is checked when the bytes arrive.</summary>
    public static ProblemHttpResult? RefuseName(string name) =>
        name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? null : UnsupportedArchive();

    /// <param name="db">In a transaction that holds the plan's lock, so that of two requests at once the second sees the first.</param>
    /// <param name="bytes">Size of the archive, as far as it is known.</param>
    /// <param name="counted">Bytes of the archive that the plan already counts.</param>
    /// <param name="stored">Bytes of the archive that are already on disk.</param>
    /// <returns>Maximum size of the archive at this moment.</returns>
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
            throw new DomainException("too_large", "An archive can have at most 50 GiB.", "Split it into several archives.");
        var most = Math.Min(bytes + beside, LongBody.MostBytes);
        if (store.FreeBytes is not { } free)
            return most;
        var needed = (bytes * DiskFactor) - stored;
        if (free < needed)
        {
            throw new DomainException(
                "disk_full",
                $"The archive needs {needed / 1e9:0.0} GB of disk space, but only {free / 1e9:0.0} GB are free.",
                "Free some disk space on the server, or send a smaller archive."
            );
        }
        return Math.Max(bytes, Math.Min(most, (long)((free + stored) / DiskFactor)));
    }

    public static ProblemHttpResult UnsupportedArchive() =>
        Problems.Of(
            415,
            "unsupported_archive",
            "Not a ZIP archive",
            "Only ZIP archives are imported.",
            "Pack one folder per class into a .zip file."
        );
}

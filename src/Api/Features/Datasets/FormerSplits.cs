using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>The splits that pictures have in the newest version that was split in the same way.</summary>
internal static class FormerSplits
{
    /// <returns>Hash of a picture → split.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        GpuGeekDbContext db,
        IObjectStore store,
        Guid org,
        Guid dataset,
        SplitFractions fractions,
        int seed,
        CancellationToken cancellationToken
    )
    {
        var versions = await db
            .DatasetVersions.AsNoTracking()
            .Where(v => v.DatasetId == dataset && v.Seed == seed)
            .OrderByDescending(v => v.Number)
            .Select(v => new { v.ManifestHash, v.Fractions })
            .ToListAsync(cancellationToken);
        if (versions.Find(v => v.Fractions == fractions) is not { } former)
            return new Dictionary<string, string>();
        var entries = await StoredManifest.ReadAsync(store, org, former.ManifestHash, cancellationToken);
        return entries.ToDictionary(e => e.Hash, e => e.Split, StringComparer.Ordinal);
    }
}

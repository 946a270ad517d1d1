using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>The splits that pictures have in the newest version that was split in the same way.</summary>
internal static class FormerSplits
{
    /// <summary>Reads them into the pictures.</summary>
    public static async Task ReadAsync(
        VersionPictures pictures,
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
            return;
        // Both are in the order of their hashes.
        var (order, at) = (pictures.ByHash(), 0);
        await foreach (var entry in StoredManifest.StreamAsync(store, org, former.ManifestHash, cancellationToken))
        {
            var hash = ContentHash.Parse(entry.Hash);
            while (at < order.Length && pictures[order[at]].Hash.CompareTo(hash) < 0)
                at++;
            if (at < order.Length && pictures[order[at]].Hash == hash)
                pictures[order[at]].FormerSplit = Splits.IndexOf(entry.Split);
        }
    }
}

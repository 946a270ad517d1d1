using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>What has learned from a version.</summary>
internal sealed record VersionUse(int Runs, int Models)
{
    /// <returns>By version; those that nothing has learned from are missing.</returns>
    public static async Task<Dictionary<Guid, VersionUse>> ReadAsync(
        GpuGeekDbContext db,
        Guid[] versions,
        CancellationToken cancellationToken
    ) =>
        await db
            .Runs.Where(r => versions.Contains(r.DatasetVersionId))
            .GroupBy(r => r.DatasetVersionId)
            .Select(g => new
            {
                g.Key,
                Runs = g.Count(),
                Models = g.Sum(r => db.ModelVersions.Count(m => m.RunId == r.Id)),
            })
            .ToDictionaryAsync(u => u.Key, u => new VersionUse(u.Runs, u.Models), cancellationToken);
}

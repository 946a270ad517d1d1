using GpuGeek.Domain.Deployments;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>Decides which predictors shall load a deployment: as many as it has replicas, the emptiest first. It moves only what is on a
/// predictor that is lost or no longer configured.</summary>
internal static class DeploymentPlacer
{
    public static async Task PlaceAsync(
        IDbContexts contexts,
        DeploymentChanges changes,
        IReadOnlyCollection<string> usable,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.System();
        Dictionary<string, long>? bytes = null;
        var rows = await db
            .Deployments.IgnoreTenantFilter()
            .AsNoTracking()
            .Where(d => d.DeletionId == null && (changes.All || changes.Some.Contains(d.Id)))
            .Select(d => new
            {
                d.OrgId,
                d.Id,
                d.Replicas,
                d.PlacedOn,
                Bytes = db
                    .ModelVersions.IgnoreTenantFilter()
                    .Where(v => v.OrgId == d.OrgId && v.Id == d.ModelVersionId)
                    .Select(v => v.OnnxBytes)
                    .First(),
            })
            .OrderBy(d => d.Id)
            .ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            if (PredictorChoice.Fits(row.PlacedOn, row.Replicas, usable))
                continue;
            bytes ??= await BytesAsync(db, cancellationToken);
            var chosen = PredictorChoice.Choose(row.PlacedOn, row.Replicas, usable, bytes);
            foreach (var added in chosen.Except(row.PlacedOn))
                bytes[added] = bytes.GetValueOrDefault(added) + row.Bytes;
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE deployments
                SET placed_on = {chosen}, loaded_on = ARRAY(SELECT unnest(loaded_on) INTERSECT SELECT unnest({chosen}))
                WHERE org_id = {row.OrgId} AND id = {row.Id}
                """,
                cancellationToken
            );
        }
    }

    private static async Task<Dictionary<string, long>> BytesAsync(GpuGeekDbContext db, CancellationToken cancellationToken) =>
        await db
            .Database.SqlQuery<PlacedBytes>(
                $"""
                SELECT p.predictor, sum(v.onnx_bytes)::bigint AS bytes
                FROM deployments d
                CROSS JOIN LATERAL unnest(d.placed_on) AS p (predictor)
                JOIN model_versions v ON v.org_id = d.org_id AND v.id = d.model_version_id
                WHERE d.deletion_id IS NULL
                GROUP BY p.predictor
                """
            )
            .ToDictionaryAsync(row => row.Predictor, row => row.Bytes, StringComparer.Ordinal, cancellationToken);

    private sealed record PlacedBytes(string Predictor, long Bytes);
}

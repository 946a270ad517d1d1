using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Datasets;

/// <summary>The parts of the counts of pictures, of every organisation.</summary>
public sealed class DatasetCounts(IDbContexts contexts)
{
    /// <summary>Adds them up, in one statement: a count is the same before and after. Parts that are added meanwhile stay.</summary>
    public async Task FoldAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH many AS (
              SELECT org_id, dataset_id FROM dataset_counts GROUP BY org_id, dataset_id
              HAVING count(*) >= 2 * count(DISTINCT (class_id, split, is_archived))),
            parts AS (
              DELETE FROM dataset_counts c USING many m WHERE c.org_id = m.org_id AND c.dataset_id = m.dataset_id
              RETURNING c.org_id, c.dataset_id, c.class_id, c.split, c.is_archived, c.images, c.bytes)
            INSERT INTO dataset_counts (org_id, dataset_id, class_id, split, is_archived, images, bytes)
            SELECT org_id, dataset_id, class_id, split, is_archived, sum(images), sum(bytes) FROM parts
            GROUP BY org_id, dataset_id, class_id, split, is_archived HAVING sum(images) <> 0 OR sum(bytes) <> 0
            """,
            cancellationToken
        );
    }
}

using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Gives pictures back what an edit has changed.</summary>
internal static class ImageUndo
{
    private const int AtOnce = 10_000;

    /// <returns>Number of pictures that are as they were.</returns>
    public static async Task<int> ApplyAsync(GpuGeekDbContext db, ImageEdit edit, CancellationToken cancellationToken)
    {
        var restored = 0;
        foreach (var chunk in FormerImages.Read(edit.Before).Chunk(AtOnce))
            restored += edit.Removes
                ? await AddAsync(db, edit, chunk, cancellationToken)
                : await ChangeBackAsync(db, edit, chunk, cancellationToken);
        return restored;
    }

    /// <summary>What was changed again since, or has lost its class, stays.</summary>
    private static Task<int> ChangeBackAsync(
        GpuGeekDbContext db,
        ImageEdit edit,
        DatasetImage[] before,
        CancellationToken cancellationToken
    )
    {
        Guid[] ids = [.. before.Select(i => i.Id)];
        Guid[] classes = [.. before.Select(i => i.ClassId)];
        string?[] splits = [.. before.Select(i => i.Split)];
        string?[] groups = [.. before.Select(i => i.GroupName)];
        return db.Database.ExecuteSqlAsync(
            $"""
            UPDATE dataset_images i SET class_id = b.class_id, split = b.split, group_name = b.group_name
            FROM unnest({ids}, {classes}, {splits}, {groups}) b(id, class_id, split, group_name)
            WHERE i.id = b.id AND i.dataset_id = {edit.DatasetId}
              AND i.class_id = COALESCE({edit.ClassId}, b.class_id)
              AND i.split IS NOT DISTINCT FROM NULLIF(COALESCE({edit.Split}, b.split), '')
              AND i.group_name IS NOT DISTINCT FROM NULLIF(COALESCE({edit.GroupName}, b.group_name), '')
              AND EXISTS (SELECT 1 FROM dataset_classes c WHERE c.id = b.class_id AND c.dataset_id = i.dataset_id)
            """,
            cancellationToken
        );
    }

    /// <summary>Whose bytes were imported again since, or whose class is gone, stays away.</summary>
    private static Task<int> AddAsync(GpuGeekDbContext db, ImageEdit edit, DatasetImage[] before, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. before.Select(i => i.Id)];
        Guid[] imports = [.. before.Select(i => i.ImportId)];
        Guid[] classes = [.. before.Select(i => i.ClassId)];
        string[] hashes = [.. before.Select(i => i.Hash)];
        string[] names = [.. before.Select(i => i.FileName)];
        string?[] splits = [.. before.Select(i => i.Split)];
        string?[] groups = [.. before.Select(i => i.GroupName)];
        string[] formats = [.. before.Select(i => i.Format)];
        int[] widths = [.. before.Select(i => i.Width)];
        int[] heights = [.. before.Select(i => i.Height)];
        long[] bytes = [.. before.Select(i => i.Bytes)];
        byte[]?[] looks = [.. before.Select(i => i.PerceptualHash)];
        DateTime[] created = [.. before.Select(i => i.CreatedAt.UtcDateTime)];
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO dataset_images (org_id, id, dataset_id, import_id, class_id, hash, file_name, split, group_name, format, width,
                height, bytes, perceptual_hash, created_at)
            SELECT {edit.OrgId}, b.id, {edit.DatasetId}, b.import_id, b.class_id, b.hash, b.name, b.split, b.group_name, b.format, b.width,
                b.height, b.bytes, b.look, b.created_at
            FROM unnest({ids}, {imports}, {classes}, {hashes}, {names}, {splits}, {groups}, {formats}, {widths}, {heights}, {bytes},
                {looks}, {created})
                b(id, import_id, class_id, hash, name, split, group_name, format, width, height, bytes, look, created_at)
            WHERE EXISTS (SELECT 1 FROM dataset_classes c WHERE c.id = b.class_id AND c.dataset_id = {edit.DatasetId})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
    }
}

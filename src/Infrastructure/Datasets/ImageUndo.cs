using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Datasets;

/// <summary>Gives pictures back what an edit has changed.</summary>
public static class ImageUndo
{
    /// <param name="progress">Receives the number of pictures that have been looked at.</param>
    /// <returns>Number of pictures that are as they were.</returns>
    public static async Task<int> ApplyAsync(
        GpuGeekDbContext db,
        ImageEdit edit,
        Func<int, Task> progress,
        CancellationToken cancellationToken
    )
    {
        var (restored, seen) = (0, 0);
        var before = FormerImages.Read<DatasetImage>(edit.Before);
        if (edit.Removes)
        {
            foreach (var chunk in before.Chunk(ImageEdit.AtOnce))
            {
                restored += await AddAsync(db, edit, chunk, cancellationToken);
                await progress(seen += chunk.Length);
            }
            return restored;
        }
        var after = edit.After is { } written ? FormerImages.Read<ImageLabel>(written) : before.Select(b => edit.Of(ImageLabel.Of(b)));
        foreach (var chunk in before.Zip(after).Chunk(ImageEdit.AtOnce))
        {
            restored += await ChangeBackAsync(db, edit, chunk, cancellationToken);
            await progress(seen += chunk.Length);
        }
        return restored;
    }

    /// <summary>What was changed again since, or has lost its class, stays.</summary>
    private static Task<int> ChangeBackAsync(
        GpuGeekDbContext db,
        ImageEdit edit,
        (DatasetImage Before, ImageLabel After)[] images,
        CancellationToken cancellationToken
    )
    {
        Guid[] ids = [.. images.Select(i => i.Before.Id)];
        var was = new ImageLabelColumns(images.Select(i => ImageLabel.Of(i.Before)));
        var now = new ImageLabelColumns(images.Select(i => i.After));
        return db.Database.ExecuteSqlAsync(
            $"""
            UPDATE dataset_images i SET class_id = b.class_id, split = b.split, group_name = b.group_name, is_archived = b.archived
            FROM unnest({ids}, {was.Classes}, {was.Splits}, {was.Groups}, {was.Archived}, {now.Classes}, {now.Splits}, {now.Groups},
                {now.Archived}) b(id, class_id, split, group_name, archived, now_class, now_split, now_group, now_archived)
            WHERE i.org_id = {edit.OrgId} AND i.id = b.id AND i.dataset_id = {edit.DatasetId}
              AND i.class_id IS NOT DISTINCT FROM b.now_class
              AND i.split IS NOT DISTINCT FROM b.now_split
              AND i.group_name IS NOT DISTINCT FROM b.now_group
              AND i.is_archived = b.now_archived
              AND (b.class_id IS NULL
                OR EXISTS (SELECT 1 FROM dataset_classes c WHERE c.org_id = i.org_id AND c.id = b.class_id AND c.dataset_id = i.dataset_id))
            """,
            cancellationToken
        );
    }

    /// <summary>Whose bytes were imported again since, or whose class is gone, stays away.</summary>
    private static Task<int> AddAsync(GpuGeekDbContext db, ImageEdit edit, DatasetImage[] before, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. before.Select(i => i.Id)];
        Guid[] imports = [.. before.Select(i => i.ImportId)];
        Guid?[] classes = [.. before.Select(i => i.ClassId)];
        string[] hashes = [.. before.Select(i => i.Hash)];
        string[] names = [.. before.Select(i => i.FileName)];
        string?[] splits = [.. before.Select(i => i.Split)];
        string?[] groups = [.. before.Select(i => i.GroupName)];
        bool[] archived = [.. before.Select(i => i.IsArchived)];
        string[] formats = [.. before.Select(i => i.Format)];
        int[] widths = [.. before.Select(i => i.Width)];
        int[] heights = [.. before.Select(i => i.Height)];
        long[] bytes = [.. before.Select(i => i.Bytes)];
        byte[]?[] looks = [.. before.Select(i => i.PerceptualHash)];
        DateTime[] created = [.. before.Select(i => i.CreatedAt.UtcDateTime)];
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO dataset_images (org_id, id, dataset_id, import_id, class_id, hash, file_name, split, group_name, is_archived,
                format, width, height, bytes, perceptual_hash, created_at)
            SELECT {edit.OrgId}, b.id, {edit.DatasetId}, b.import_id, b.class_id, b.hash, b.name, b.split, b.group_name, b.archived,
                b.format, b.width, b.height, b.bytes, b.look, b.created_at
            FROM unnest({ids}, {imports}, {classes}, {hashes}, {names}, {splits}, {groups}, {archived}, {formats}, {widths}, {heights},
                {bytes}, {looks}, {created})
                b(id, import_id, class_id, hash, name, split, group_name, archived, format, width, height, bytes, look, created_at)
            WHERE b.class_id IS NULL
              OR EXISTS (SELECT 1 FROM dataset_classes c
                WHERE c.org_id = {edit.OrgId} AND c.id = b.class_id AND c.dataset_id = {edit.DatasetId})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
    }
}

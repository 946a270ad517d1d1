using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Imports;

/// <summary>Changes pictures that were there before, and keeps what they were so that it can be undone, as an edit with the import's
/// id.</summary>
internal sealed class ImageChanges(Job job, IReadOnlyDictionary<string, Guid> classes, DateTimeOffset createdAt)
{
    private const int AtOnce = 10_000;
    private readonly Guid _org = job.OrgId;
    private readonly Guid _dataset = job.DatasetId!.Value;
    private readonly List<DatasetImage> _before = [];
    private readonly List<ImageLabel> _after = [];
    private int _changed;

    /// <param name="db">In a transaction: all are changed, or none.</param>
    /// <returns>Number of pictures that were not archived. One that was deleted meanwhile is left out.</returns>
    public async Task<int> ApplyAsync(GpuGeekDbContext db, IEnumerable<ImageChange> changes, CancellationToken cancellationToken)
    {
        var found = 0;
        // In the order of the ids, so that two imports wait for each other without a deadlock.
        foreach (var chunk in changes.OrderBy(c => c.Image).Chunk(AtOnce))
            found += await ApplyChunkAsync(db, chunk, cancellationToken);
        if (_changed is > 0 and <= ImageEdit.MaxImages)
            db.ImageEdits.Add(Edit());
        await db.SaveChangesAsync(cancellationToken);
        return found;
    }

    private async Task<int> ApplyChunkAsync(GpuGeekDbContext db, ImageChange[] chunk, CancellationToken cancellationToken)
    {
        var changes = chunk.ToDictionary(c => c.Image);
        Guid[] ids = [.. changes.Keys];
        await db.Database.ExecuteSqlAsync(
            $"""
            SELECT 1 FROM dataset_images WHERE org_id = {_org} AND dataset_id = {_dataset} AND id = ANY({ids}) ORDER BY id
                FOR NO KEY UPDATE
            """,
            cancellationToken
        );
        var rows = await db
            .DatasetImages.IgnoreTenantFilter()
            .AsNoTracking()
            .Where(i => i.OrgId == _org && i.DatasetId == _dataset && ids.Contains(i.Id))
            .ToListAsync(cancellationToken);
        var differing = rows.Select(row => (Row: row, Label: changes[row.Id].Of(ImageLabel.Of(row), classes)))
            .Where(pair => pair.Label != ImageLabel.Of(pair.Row))
            .ToList();
        _changed += differing.Count;
        if (_changed > ImageEdit.MaxImages)
            _before.Clear();
        else
            _before.AddRange(differing.Select(pair => pair.Row));
        await WriteAsync(db, differing, cancellationToken);
        return rows.Count(row => changes[row.Id].IsArchived is not true);
    }

    private async Task WriteAsync(
        GpuGeekDbContext db,
        List<(DatasetImage Row, ImageLabel Label)> images,
        CancellationToken cancellationToken
    )
    {
        Guid[] ids = [.. images.Select(i => i.Row.Id)];
        var now = new ImageLabelColumns(images.Select(i => i.Label));
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE dataset_images i SET class_id = l.class_id, split = l.split, group_name = l.group_name, is_archived = l.archived
            FROM unnest({ids}, {now.Classes}, {now.Splits}, {now.Groups}, {now.Archived}) l(id, class_id, split, group_name, archived)
            WHERE i.org_id = {_org} AND i.dataset_id = {_dataset} AND i.id = l.id
            """,
            cancellationToken
        );
        if (_changed <= ImageEdit.MaxImages)
            _after.AddRange(images.Select(i => i.Label));
    }

    private ImageEdit Edit() =>
        new()
        {
            OrgId = _org,
            Id = job.Id,
            DatasetId = _dataset,
            UserId = job.CreatedBy,
            CreatedAt = createdAt,
            Removes = false,
            Count = _before.Count,
            Before = FormerImages.Write(_before),
            After = FormerImages.Write(_after),
        };
}

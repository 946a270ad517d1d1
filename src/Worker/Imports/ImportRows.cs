using GpuGeek.Infrastructure.Jobs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Worker.Imports.Archives;
using GpuGeek.Worker.Lanes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Imports;

/// <summary>Writes pictures and skipped files as rows; their objects are already stored.</summary>
internal sealed class ImportRows(HeldJob job, TimeProvider clock)
{
    /// <summary>Maximum number of skipped files stored as rows per import; beyond it only the count is stored.</summary>
    private const int MaxSkippedRows = 10_000;
    private const int LabelsAtOnce = 10_000;
    private const int MaxPath = 1000;
    private const int MaxFileName = 500;

    private readonly Guid _org = job.Row.OrgId;
    private readonly Guid _import = job.Row.Id;
    private readonly Guid _dataset = job.Row.DatasetId!.Value;

    /// <summary>A new attempt starts from the beginning: rows of a dead attempt are deleted.</summary>
    /// <exception cref="StaleJobException"/>
    public Task BeginAsync(CancellationToken cancellationToken) =>
        job.WriteAsync(
            0,
            async db =>
            {
                await TakeBackAsync(db, [], cancellationToken);
                await db
                    .SkippedFiles.IgnoreTenantFilter()
                    .Where(s => s.OrgId == _org && s.ImportId == _import)
                    .ExecuteDeleteAsync(cancellationToken);
                await db.Database.ExecuteSqlAsync(
                    $"UPDATE imports SET skipped = 0 WHERE org_id = {_org} AND id = {_import}",
                    cancellationToken
                );
            },
            cancellationToken
        );

    /// <summary>Removes the pictures of the import, and the classes that it created unless another picture uses them.</summary>
    public async Task TakeBackAsync(GpuGeekDbContext db, IReadOnlyCollection<Guid> createdClasses, CancellationToken cancellationToken)
    {
        await db
            .DatasetImages.IgnoreTenantFilter()
            .Where(i => i.OrgId == _org && i.ImportId == _import)
            .ExecuteDeleteAsync(cancellationToken);
        await db
            .DatasetClasses.IgnoreTenantFilter()
            .Where(c =>
                c.OrgId == _org
                && createdClasses.Contains(c.Id)
                && !db.DatasetImages.IgnoreTenantFilter().Any(i => i.OrgId == c.OrgId && i.ClassId == c.Id)
            )
            .ExecuteDeleteAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"UPDATE imports SET accepted = 0 WHERE org_id = {_org} AND id = {_import}", cancellationToken);
    }

    /// <exception cref="StaleJobException"/>
    public async Task<BatchOutcome> AppendAsync(ImportBatch batch, CancellationToken cancellationToken)
    {
        BatchOutcome? outcome = null;
        await job.WriteAsync(
            batch.Progress,
            async db =>
            {
                var (classes, created) = await ClassesAsync(
                    db,
                    [.. batch.Pictures.Select(p => p.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                    cancellationToken
                );
                var accepted = await InsertAsync(db, batch.Pictures, classes, cancellationToken);
                var duplicates = await DuplicatesAsync(db, batch.Pictures, accepted, cancellationToken);
                await SkipAsync(db, [.. batch.Skipped, .. duplicates], cancellationToken);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE imports SET accepted = accepted + {accepted.Count}, skipped = skipped + {batch.Skipped.Count
                        + duplicates.Count}
                    WHERE org_id = {_org} AND id = {_import}
                    """,
                    cancellationToken
                );
                outcome = new(
                    accepted.Count,
                    batch.Pictures.DistinctBy(p => p.Hash).Where(p => accepted.Contains(p.Hash)).Sum(p => p.Bytes),
                    duplicates.Count,
                    created
                );
            },
            cancellationToken
        );
        return outcome!;
    }

    /// <summary>Labels pictures of the dataset, all in one transaction. A picture that was deleted meanwhile is left out.</summary>
    /// <returns>Pictures that have the labels now, and classes that are new.</returns>
    /// <exception cref="StaleJobException"/>
    public async Task<(int Labelled, IReadOnlyCollection<Guid> Created)> LabelAsync(
        IReadOnlyCollection<LabelledEvent> labels,
        CancellationToken cancellationToken
    )
    {
        var (labelled, created) = (0, new List<Guid>());
        await job.WriteAsync(
            1,
            async db =>
            {
                string[] names = [.. labels.Select(l => l.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
                (var classes, created) = await ClassesAsync(db, names, cancellationToken);
                // In the order of the ids, so that two imports wait for each other without a deadlock.
                foreach (var chunk in labels.OrderBy(l => l.Picture).Chunk(LabelsAtOnce))
                    labelled += await LabelAsync(db, chunk, classes, cancellationToken);
                await db.Database.ExecuteSqlAsync(
                    $"UPDATE imports SET accepted = {labelled} WHERE org_id = {_org} AND id = {_import}",
                    cancellationToken
                );
            },
            cancellationToken
        );
        return (labelled, created);
    }

    private Task<int> LabelAsync(
        GpuGeekDbContext db,
        LabelledEvent[] labels,
        Dictionary<string, Guid> classes,
        CancellationToken cancellationToken
    )
    {
        Guid[] ids = [.. labels.Select(l => l.Picture)];
        Guid[] classIds = [.. labels.Select(l => classes[l.Class])];
        string?[] splits = [.. labels.Select(l => l.Split)];
        string?[] groups = [.. labels.Select(l => l.Group)];
        return db.Database.ExecuteSqlAsync(
            $"""
            UPDATE dataset_images i
            SET class_id = l.class_id, split = COALESCE(l.split, i.split), group_name = COALESCE(l.group_name, i.group_name)
            FROM unnest({ids}, {classIds}, {splits}, {groups}) l(id, class_id, split, group_name)
            WHERE i.org_id = {_org} AND i.dataset_id = {_dataset} AND i.id = l.id
            """,
            cancellationToken
        );
    }

    private async Task<(Dictionary<string, Guid> Ids, List<Guid> Created)> ClassesAsync(
        GpuGeekDbContext db,
        string[] names,
        CancellationToken cancellationToken
    )
    {
        Guid[] ids = [.. names.Select(_ => NewId())];
        // In the order of their names, so that two imports into one dataset wait for each other without a deadlock.
        var created = await db
            .Database.SqlQuery<Guid>(
                $"""
                INSERT INTO dataset_classes (org_id, id, dataset_id, name) SELECT {_org}, c.id, {_dataset}, c.name
                    FROM unnest({ids}, {names}) c(id, name)
                ON CONFLICT (org_id, dataset_id, name) DO NOTHING RETURNING id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        // They stay until the pictures have them: somebody may be merging them.
        await db.Database.ExecuteSqlAsync(
            $"""
            SELECT 1 FROM dataset_classes WHERE org_id = {_org} AND dataset_id = {_dataset} AND name = ANY({names}) ORDER BY name
                FOR KEY SHARE
            """,
            cancellationToken
        );
        var all = await db
            .DatasetClasses.IgnoreTenantFilter()
            .Where(c => c.OrgId == _org && c.DatasetId == _dataset && names.Contains(c.Name))
            .ToDictionaryAsync(c => c.Name, c => c.Id, StringComparer.Ordinal, cancellationToken);
        return (all, created);
    }

    /// <returns>Hashes that are new in the dataset.</returns>
    private async Task<HashSet<string>> InsertAsync(
        GpuGeekDbContext db,
        List<PictureEvent> pictures,
        Dictionary<string, Guid> classes,
        CancellationToken cancellationToken
    )
    {
        var rows = pictures
            .DistinctBy(p => p.Hash)
            .Select(p => (Id: NewId(), Picture: p))
            .OrderBy(r => r.Picture.Hash, StringComparer.Ordinal)
            .ToList();
        Guid[] ids = [.. rows.Select(r => r.Id)];
        Guid[] classIds = [.. rows.Select(r => classes[r.Picture.Class])];
        string[] hashes = [.. rows.Select(r => r.Picture.Hash)];
        string[] names =
        [
            .. rows.Select(r => ArchiveException.Shown(r.Picture.Path[(r.Picture.Path.LastIndexOf('/') + 1)..], MaxFileName / 6)),
        ];
        string?[] splits = [.. rows.Select(r => r.Picture.Split)];
        string?[] groups = [.. rows.Select(r => r.Picture.Group)];
        string[] formats = [.. rows.Select(r => r.Picture.Format)];
        int[] widths = [.. rows.Select(r => r.Picture.Width)];
        int[] heights = [.. rows.Select(r => r.Picture.Height)];
        long[] bytes = [.. rows.Select(r => r.Picture.Bytes)];
        byte[]?[] looks = [.. rows.Select(r => r.Picture.PerceptualHash)];
        var accepted = await db
            .Database.SqlQuery<string>(
                $"""
                INSERT INTO dataset_images (org_id, id, dataset_id, import_id, class_id, hash, file_name, split, group_name, format, width,
                    height, bytes, perceptual_hash, created_at)
                SELECT {_org}, i.id, {_dataset}, {_import}, i.class_id, i.hash, i.name, i.split, i.group_name, i.format, i.width, i.height,
                    i.bytes, i.look, clock_timestamp()
                FROM unnest({ids}, {classIds}, {hashes}, {names}, {splits}, {groups}, {formats}, {widths}, {heights}, {bytes}, {looks})
                    i(id, class_id, hash, name, split, group_name, format, width, height, bytes, look)
                ON CONFLICT (org_id, dataset_id, hash) DO NOTHING RETURNING hash AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return accepted.ToHashSet(StringComparer.Ordinal);
    }

    private async Task<List<SkippedEvent>> DuplicatesAsync(
        GpuGeekDbContext db,
        List<PictureEvent> pictures,
        HashSet<string> accepted,
        CancellationToken cancellationToken
    )
    {
        var firsts = pictures.DistinctBy(p => p.Hash).Where(p => accepted.Contains(p.Hash)).ToHashSet();
        var others = pictures.Where(p => !firsts.Contains(p)).ToList();
        if (others.Count == 0)
            return [];
        string[] hashes = [.. others.Select(p => p.Hash).Distinct()];
        var known = await db
            .DatasetImages.IgnoreTenantFilter()
            .Where(i => i.OrgId == _org && i.DatasetId == _dataset && hashes.Contains(i.Hash))
            .Join(
                db.DatasetClasses.IgnoreTenantFilter(),
                i => new { i.OrgId, Id = i.ClassId },
                c => new { c.OrgId, c.Id },
                (i, c) => new { i.Hash, c.Name }
            )
            .ToDictionaryAsync(i => i.Hash, i => i.Name, StringComparer.Ordinal, cancellationToken);
        return
        [
            .. others.Select(p =>
                known.GetValueOrDefault(p.Hash) is { } name && name != p.Class
                    ? new SkippedEvent(
                        p.Path,
                        "label_conflict",
                        $"The same picture is already in the dataset as '{name}'; in this archive it is '{p.Class}'.",
                        "Decide which class is right and remove the other.",
                        p.Progress
                    )
                    : new SkippedEvent(p.Path, "duplicate", "The same picture is already in the dataset.", null, p.Progress)
            ),
        ];
    }

    private async Task SkipAsync(GpuGeekDbContext db, List<SkippedEvent> skipped, CancellationToken cancellationToken)
    {
        if (skipped.Count == 0)
            return;
        Guid[] ids = [.. skipped.Select(_ => NewId()).Order()];
        string[] paths = [.. skipped.Select(s => ArchiveException.Shown(s.Path, MaxPath / 6))];
        string[] codes = [.. skipped.Select(s => s.Code)];
        string[] reasons = [.. skipped.Select(s => s.Reason)];
        string?[] hints = [.. skipped.Select(s => s.Hint)];
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO skipped_files (org_id, id, import_id, path, code, reason, hint)
            SELECT {_org}, s.id, {_import}, s.path, s.code, s.reason, s.hint
                FROM unnest({ids}, {paths}, {codes}, {reasons}, {hints}) s(id, path, code, reason, hint)
            WHERE (SELECT skipped FROM imports WHERE org_id = {_org} AND id = {_import}) < {MaxSkippedRows}
            """,
            cancellationToken
        );
    }

    private Guid NewId() => Guid.CreateVersion7(clock.GetUtcNow());
}

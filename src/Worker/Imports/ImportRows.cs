using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Datasets;
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
    private const int MaxPath = 1000;

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

    /// <summary>Removes the pictures of the import, undoes what it changed of others, and removes the classes that it created unless
    /// another picture uses them.</summary>
    public async Task TakeBackAsync(GpuGeekDbContext db, IReadOnlyCollection<Guid> createdClasses, CancellationToken cancellationToken)
    {
        if (
            await db.ImageEdits.IgnoreTenantFilter().FirstOrDefaultAsync(e => e.OrgId == _org && e.Id == _import, cancellationToken) is
            { } edit
        )
        {
            await ImageUndo.ApplyAsync(db, edit, _ => Task.CompletedTask, cancellationToken);
            db.ImageEdits.Remove(edit);
            await db.SaveChangesAsync(cancellationToken);
        }
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
    public async Task<BatchOutcome> AppendAsync(ImportBatch batch, OnExisting onExisting, CancellationToken cancellationToken)
    {
        BatchOutcome? outcome = null;
        await job.WriteAsync(
            batch.Progress,
            async db =>
            {
                var (pictures, named) =
                    onExisting == OnExisting.Skip ? await WithoutNamedAsync(db, batch.Pictures, cancellationToken) : (batch.Pictures, []);
                var (classes, created) = await ClassesAsync(db, pictures.Select(p => p.Class), cancellationToken);
                var accepted = await InsertAsync(db, pictures, classes, cancellationToken);
                var (duplicates, changes) = await DuplicatesAsync(
                    db,
                    pictures,
                    accepted,
                    onExisting == OnExisting.Replace,
                    cancellationToken
                );
                List<SkippedEvent> skipped = [.. batch.Skipped, .. named, .. duplicates];
                await SkipAsync(db, skipped, cancellationToken);
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE imports SET accepted = accepted + {accepted.Count}, skipped = skipped + {skipped.Count}
                    WHERE org_id = {_org} AND id = {_import}
                    """,
                    cancellationToken
                );
                outcome = new(
                    accepted.Count,
                    pictures.DistinctBy(p => p.Hash).Where(p => accepted.Contains(p.Hash)).Sum(p => p.Bytes),
                    named.Count + duplicates.Count,
                    created,
                    changes
                );
            },
            cancellationToken
        );
        return outcome!;
    }

    /// <summary>Changes pictures that were there before, all in one transaction. A picture that was deleted meanwhile is left
    /// out.</summary>
    /// <param name="replaces">Also archives the pictures whose names in their classes the import's pictures have.</param>
    /// <returns>Pictures that are as the changes say now, and classes that are new.</returns>
    /// <exception cref="StaleJobException"/>
    public async Task<(int Changed, IReadOnlyCollection<Guid> Created)> ChangeAsync(
        IReadOnlyCollection<ImageChange> changes,
        bool replaces,
        CancellationToken cancellationToken
    )
    {
        var (changed, created) = (0, new List<Guid>());
        await job.WriteAsync(
            1,
            async db =>
            {
                // People who edit many pictures wait, or this waits for them: what one keeps as it was before is what the other has made.
                await db.Database.ExecuteSqlAsync(
                    $"SELECT 1 FROM datasets WHERE org_id = {_org} AND id = {_dataset} FOR NO KEY UPDATE",
                    cancellationToken
                );
                (var classes, created) = await ClassesAsync(db, changes.Select(c => c.Class), cancellationToken);
                var replaced = replaces ? await ReplacedAsync(db, cancellationToken) : [];
                // A replaced picture that the archive has too, under another name, is as the archive says.
                var meant = changes.Select(c => c.Image).ToHashSet();
                IEnumerable<ImageChange> all = [.. changes, .. replaced.Where(id => !meant.Contains(id)).Select(ImageChange.Archive)];
                changed = await new ImageChanges(job.Row, classes, clock.GetUtcNow()).ApplyAsync(db, all, cancellationToken);
                await db.Database.ExecuteSqlAsync(
                    $"UPDATE imports SET accepted = accepted + {changed} WHERE org_id = {_org} AND id = {_import}",
                    cancellationToken
                );
            },
            cancellationToken
        );
        return (changed, created);
    }

    /// <summary>The new pictures get the split and the group of those that they replace, unless the archive names others.</summary>
    /// <returns>Ids of the pictures that are replaced.</returns>
    private Task<List<Guid>> ReplacedAsync(GpuGeekDbContext db, CancellationToken cancellationToken) =>
        db
            .Database.SqlQuery<Guid>(
                $"""
                WITH pairs AS (
                  SELECT n.id AS new_id, o.id AS old_id, o.split, o.group_name FROM dataset_images n JOIN dataset_images o
                    ON o.org_id = n.org_id AND o.dataset_id = n.dataset_id AND o.file_name = n.file_name
                    AND o.class_id IS NOT DISTINCT FROM n.class_id AND o.import_id <> n.import_id AND NOT o.is_archived
                  WHERE n.org_id = {_org} AND n.import_id = {_import}),
                inherited AS (
                  UPDATE dataset_images n SET split = COALESCE(n.split, p.split), group_name = COALESCE(n.group_name, p.group_name)
                  FROM pairs p
                  WHERE n.org_id = {_org} AND n.id = p.new_id AND (p.split IS NOT NULL OR p.group_name IS NOT NULL))
                SELECT DISTINCT old_id AS "Value" FROM pairs
                """
            )
            .ToListAsync(cancellationToken);

    /// <summary>Leaves out the pictures whose name another picture of their class has, unless it is the same picture.</summary>
    private async Task<(List<PictureEvent> Others, List<SkippedEvent> Named)> WithoutNamedAsync(
        GpuGeekDbContext db,
        List<PictureEvent> pictures,
        CancellationToken cancellationToken
    )
    {
        if (pictures.Count == 0)
            return (pictures, []);
        var names = await KnownImages.NamesAsync(db, _org, _dataset, _import, pictures, cancellationToken);
        string[] hashes = [.. pictures.Select(p => p.Hash).Distinct()];
        var same = await KnownImages.ByHashAsync(db, _org, _dataset, hashes, cancellationToken);
        bool IsNamed(PictureEvent picture) => names.Contains((picture.Class, picture.FileName)) && !same.ContainsKey(picture.Hash);
        return (
            [.. pictures.Where(p => !IsNamed(p))],
            [
                .. pictures
                    .Where(IsNamed)
                    .Select(p => new SkippedEvent(
                        p.Path,
                        "name_exists",
                        "Another picture of its class has this name in the dataset.",
                        "Import it again and choose to replace the other picture, or to keep both.",
                        p.Progress
                    )),
            ]
        );
    }

    private async Task<(Dictionary<string, Guid> Ids, List<Guid> Created)> ClassesAsync(
        GpuGeekDbContext db,
        IEnumerable<string?> named,
        CancellationToken cancellationToken
    )
    {
        string[] names = [.. named.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
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
        Guid?[] classIds = [.. rows.Select(r => r.Picture.Class is { } name ? classes[name] : (Guid?)null)];
        string[] hashes = [.. rows.Select(r => r.Picture.Hash)];
        string[] names = [.. rows.Select(r => r.Picture.FileName)];
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

    /// <param name="replaces">Pictures that the dataset has get the labels of the archive.</param>
    private async Task<(List<SkippedEvent> Skipped, List<ImageChange> Changes)> DuplicatesAsync(
        GpuGeekDbContext db,
        List<PictureEvent> pictures,
        HashSet<string> accepted,
        bool replaces,
        CancellationToken cancellationToken
    )
    {
        var firsts = pictures.DistinctBy(p => p.Hash).Where(p => accepted.Contains(p.Hash)).ToHashSet();
        var others = pictures.Where(p => !firsts.Contains(p)).ToList();
        if (others.Count == 0)
            return ([], []);
        string[] hashes = [.. others.Select(p => p.Hash).Distinct()];
        var known = await KnownImages.ByHashAsync(db, _org, _dataset, hashes, cancellationToken);
        // What this import has brought itself is no picture that was there before.
        bool IsChange(PictureEvent p) =>
            replaces
            && known.GetValueOrDefault(p.Hash) is { } there
            && there.Import != _import
            && there.DiffersFrom(p.Class, p.Split, p.Group);
        return (
            [.. others.Where(p => !IsChange(p)).Select(p => Duplicate(p, known.GetValueOrDefault(p.Hash)))],
            [.. others.Where(IsChange).Select(p => new ImageChange(known[p.Hash].Id, p.Class, p.Split, p.Group, IsArchived: false))]
        );
    }

    private static SkippedEvent Duplicate(PictureEvent picture, KnownImage? there) =>
        there switch
        {
            { IsArchived: true } => new(
                picture.Path,
                "duplicate",
                "The same picture is already in the dataset, archived.",
                "Find it among the archived pictures to use it again.",
                picture.Progress
            ),
            { Class: null } when picture.Class is { } name => new(
                picture.Path,
                "label_conflict",
                $"The same picture is already in the dataset without a label; in this archive it is '{name}'.",
                "Import it again and choose to replace, or label it in the gallery.",
                picture.Progress
            ),
            { Class: { } name } when picture.Class is { } other && other != name => new(
                picture.Path,
                "label_conflict",
                $"The same picture is already in the dataset as '{name}'; in this archive it is '{other}'.",
                "Decide which class is right: remove the other, or import it again and choose to replace.",
                picture.Progress
            ),
            _ => new(picture.Path, "duplicate", "The same picture is already in the dataset.", null, picture.Progress),
        };

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

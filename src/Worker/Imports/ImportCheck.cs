using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Worker.Lanes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Imports;

/// <summary>Finds what an import would do, from the child's events; changes nothing.</summary>
internal sealed class ImportCheck(HeldJob job, Import import, IDbContexts contexts)
{
    /// <summary>Reading is the smaller part of an import; decoding follows.</summary>
    private const double ShareOfProgress = 0.2;
    private readonly ImportEvents _events = new(job.Directory);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);
    private readonly List<string> _sameName = [];
    private readonly List<string> _relabelled = [];
    private ImportFindings _found = new();

    public bool Done { get; private set; }
    public Failure? Failure { get; private set; }

    /// <summary>There is something that can be imported.</summary>
    public bool HasPictures => _found.Added + _found.Unchanged + _found.Relabelled > 0;

    /// <returns>False if nothing is waiting.</returns>
    public async Task<bool> PumpOnceAsync(CancellationToken cancellationToken)
    {
        if (Failure is not null || _events.Next() is not { Count: > 0 } events)
            return false;
        var batch = ImportBatch.Of(events);
        // Also sees a lost lease.
        await job.WriteAsync(batch.Progress * ShareOfProgress, _ => Task.CompletedTask, cancellationToken);
        await using var db = contexts.System();
        await AddAsync(db, batch.Pictures, cancellationToken);
        await AddAsync(db, batch.Labelled, cancellationToken);
        _found = _found with { Skipped = _found.Skipped + batch.Skipped.Count };
        Failure = events.OfType<ImportFailedEvent>().FirstOrDefault()?.Failure;
        Done = events.OfType<ImportDoneEvent>().Any();
        return true;
    }

    public async Task<ImportFindings> FindingsAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var known = await db
            .DatasetClasses.IgnoreTenantFilter()
            .Where(c => c.OrgId == import.OrgId && c.DatasetId == import.DatasetId)
            .Select(c => c.Name)
            .ToListAsync(cancellationToken);
        var added = _classes.Where(c => !known.Contains(c.Key)).OrderBy(c => c.Key, StringComparer.Ordinal).ToList();
        return _found with
        {
            NewClasses = [.. added.Select(c => new NewClass(c.Key, c.Value, NearNames.Find(c.Key, known) ?? Twin(c.Key)))],
            SameNameExamples = _sameName,
            RelabelledExamples = _relabelled,
        };

        // Two classes of the archive: the one with more pictures is probably written right.
        string? Twin(string name) => NearNames.Find(name, added.Where(c => c.Value > _classes[name]).Select(c => c.Key));
    }

    private async Task AddAsync(GpuGeekDbContext db, List<PictureEvent> pictures, CancellationToken cancellationToken)
    {
        if (pictures.Count == 0)
            return;
        string[] hashes = [.. pictures.Select(p => p.Hash).Distinct()];
        var known = await KnownImages.ByHashAsync(db, import.OrgId, import.DatasetId, hashes, cancellationToken);
        var names = await KnownImages.NamesAsync(db, import.OrgId, import.DatasetId, import.Id, pictures, cancellationToken);
        foreach (var picture in pictures)
        {
            if (picture.Class is { } name)
                _classes[name] = _classes.GetValueOrDefault(name) + 1;
            if (known.GetValueOrDefault(picture.Hash) is { } there)
                Count(there, picture.Path, picture.Class, picture.Split, picture.Group);
            else if (!_seen.Add(picture.Hash))
                _found = _found with { Unchanged = _found.Unchanged + 1 };
            else
                CountNew(picture, names.Contains((picture.Class, picture.FileName)));
        }
    }

    private async Task AddAsync(GpuGeekDbContext db, List<LabelledEvent> labels, CancellationToken cancellationToken)
    {
        if (labels.Count == 0)
            return;
        Guid[] ids = [.. labels.Select(l => l.Picture)];
        var known = await KnownImages.ByIdAsync(db, import.OrgId, import.DatasetId, ids, cancellationToken);
        foreach (var label in labels)
        {
            _classes[label.Class] = _classes.GetValueOrDefault(label.Class) + 1;
            if (known.GetValueOrDefault(label.Picture) is { } there)
                Count(there, there.FileName, label.Class, label.Split, label.Group);
        }
    }

    private void Count(KnownImage there, string path, string? label, string? split, string? group)
    {
        if (!there.DiffersFrom(label, split, group))
        {
            _found = _found with { Unchanged = _found.Unchanged + 1 };
            return;
        }
        _found = _found with { Relabelled = _found.Relabelled + 1 };
        if (_relabelled.Count < ImportFindings.MostExamples)
            _relabelled.Add(path);
    }

    private void CountNew(PictureEvent picture, bool hasName)
    {
        _found = _found with
        {
            Added = _found.Added + 1,
            Unlabelled = _found.Unlabelled + (picture.Class is null ? 1 : 0),
            SameName = _found.SameName + (hasName ? 1 : 0),
        };
        if (hasName && _sameName.Count < ImportFindings.MostExamples)
            _sameName.Add(picture.Path);
    }
}

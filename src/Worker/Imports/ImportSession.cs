using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Worker.Lanes;

namespace GpuGeek.Worker.Imports;

/// <summary>Stores the child's events in store and database.</summary>
internal sealed class ImportSession(
    HeldJob job,
    Import import,
    VersionRestore? restore,
    ImportRows rows,
    ImportQuota quota,
    IObjectStore store
)
{
    private readonly ImportEvents _events = new(job.Directory);
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);
    private readonly List<Guid> _createdClasses = [];
    private readonly List<ImageChange> _changes = [.. restore?.Changes ?? []];

    public int Accepted { get; private set; }
    public int Duplicates { get; private set; }
    public bool Done { get; private set; }

    /// <summary>The archive is refused, or the plan's limit is reached.</summary>
    public Failure? Failure { get; private set; }
    public IReadOnlyCollection<Guid> CreatedClasses => _createdClasses;

    /// <summary>Stores one batch.</summary>
    /// <returns>False if nothing is waiting.</returns>
    public async Task<bool> PumpOnceAsync(CancellationToken cancellationToken)
    {
        if (Failure is not null || _events.Next() is not { Count: > 0 } events)
            return false;
        await StoreAsync(events, cancellationToken);
        return true;
    }

    private async Task StoreAsync(List<ImportEvent> events, CancellationToken cancellationToken)
    {
        var batch = ImportBatch.Of(events.Select(AsDecided));
        if (!batch.IsEmpty)
        {
            await PutAsync(batch.Pictures, cancellationToken);
            var outcome = await rows.AppendAsync(batch, import.OnExisting, cancellationToken);
            Accepted += outcome.Accepted;
            Duplicates += outcome.Skipped;
            _createdClasses.AddRange(outcome.CreatedClasses);
            _changes.AddRange(outcome.Changes);
            quota.Add(outcome);
            Failure = quota.Exceeded();
        }
        _changes.AddRange(batch.Labelled.Select(l => new ImageChange(l.Picture, l.Class, l.Split, l.Group)));
        Failure ??= events.OfType<ImportFailedEvent>().FirstOrDefault()?.Failure;
        if (Failure is null && events.OfType<ImportDoneEvent>().Any())
            await FinishAsync(cancellationToken);
    }

    /// <summary>With the names that people have chosen for the archive's classes.</summary>
    private ImportEvent AsDecided(ImportEvent one) =>
        one switch
        {
            PictureEvent picture when restore is not null => restore.Labelled(picture),
            PictureEvent { Class: { } name } picture => picture with { Class = import.Classes.GetValueOrDefault(name, name) },
            LabelledEvent label => label with { Class = import.Classes.GetValueOrDefault(label.Class, label.Class) },
            _ => one,
        };

    /// <summary>Pictures that were there before are changed together or not at all.</summary>
    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        var replaces = import.OnExisting == OnExisting.Replace && Accepted > 0;
        if (_changes.Count > 0 || replaces)
        {
            // Of two files with the same picture, the last one says what it is.
            var changes = _changes.Reverse<ImageChange>().DistinctBy(c => c.Image).ToList();
            var (changed, created) = await rows.ChangeAsync(changes, replaces, cancellationToken);
            Accepted += changed;
            _createdClasses.AddRange(created);
        }
        Done = true;
    }

    // Objects first: a row must never name a missing object.
    private async Task PutAsync(List<PictureEvent> pictures, CancellationToken cancellationToken)
    {
        var fresh = pictures.Select(p => p.Hash).Distinct().Where(hash => !_stored.Contains(hash)).ToList();
        var org = job.Row.OrgId;
        await store.PutFilesAsync(
            [
                .. fresh.Select(hash => new LocalFile(ObjectKeys.Content(org, hash), Path.Combine(job.Directory.Out, hash))),
                .. fresh.Select(hash => new LocalFile(ObjectKeys.Thumbnail(org, hash), Path.Combine(job.Directory.Out, hash + ".thumb"))),
            ],
            cancellationToken
        );
        _stored.UnionWith(fresh);
        foreach (var picture in pictures)
        {
            File.Delete(Path.Combine(job.Directory.Out, picture.Hash));
            File.Delete(Path.Combine(job.Directory.Out, picture.Hash + ".thumb"));
        }
    }
}

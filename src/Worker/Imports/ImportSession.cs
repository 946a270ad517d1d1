using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Storage;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Runs;

namespace GpuGeek.Worker.Imports;

/// <summary>Stores the child's events in store and database.</summary>
internal sealed class ImportSession(HeldJob job, ImportRows rows, ImportQuota quota, IObjectStore store)
{
    private const int MaxBatch = 200;
    private readonly LineTail _events = new(job.Directory.Events);
    private readonly Queue<string> _waiting = new();
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);
    private readonly List<Guid> _createdClasses = [];
    private readonly List<LabelledEvent> _labels = [];

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
        if (_waiting.Count == 0)
            foreach (var line in _events.Read())
                _waiting.Enqueue(line);
        if (_waiting.Count == 0 || Failure is not null)
            return false;
        var events = new List<ImportEvent>(MaxBatch);
        while (events.Count < MaxBatch && _waiting.TryDequeue(out var line))
            events.Add(JsonSerializer.Deserialize<ImportEvent>(line, ImportSpec.Json)!);
        await StoreAsync(events, cancellationToken);
        return true;
    }

    private async Task StoreAsync(List<ImportEvent> events, CancellationToken cancellationToken)
    {
        var batch = new ImportBatch();
        foreach (var one in events)
            batch.Add(one);
        if (!batch.IsEmpty)
        {
            await PutAsync(batch.Pictures, cancellationToken);
            var outcome = await rows.AppendAsync(batch, cancellationToken);
            Accepted += outcome.Accepted;
            Duplicates += outcome.Duplicates;
            _createdClasses.AddRange(outcome.CreatedClasses);
            quota.Add(outcome);
            Failure = quota.Exceeded();
        }
        _labels.AddRange(batch.Labelled);
        Failure ??= events.OfType<ImportFailedEvent>().FirstOrDefault()?.Failure;
        if (Failure is null && events.OfType<ImportDoneEvent>().Any())
            await FinishAsync(cancellationToken);
    }

    /// <summary>Labels of pictures that were there before are changed together or not at all.</summary>
    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_labels.Count > 0)
        {
            var (labelled, created) = await rows.LabelAsync(_labels, cancellationToken);
            Accepted += labelled;
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

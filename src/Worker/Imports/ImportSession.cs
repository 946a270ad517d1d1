using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Storage;
using GpuGeek.Worker.Runs;

namespace GpuGeek.Worker.Imports;

/// <summary>Carries what the child tells into store and database.</summary>
internal sealed class ImportSession(ClaimedImport claim, ImportDirectory directory, ImportRows rows, ImportQuota quota, IObjectStore store, TimeProvider clock)
{
    private const int MaxBatch = 200;
    private const int Uploads = 4;
    private readonly LineTail _events = new(directory.Events);
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);
    private readonly List<Guid> _createdClasses = [];

    public int Accepted { get; private set; }
    public int Duplicates { get; private set; }
    public bool Done { get; private set; }
    /// <summary>The archive is refused, or the plan's limit is reached.</summary>
    public Failure? Failure { get; private set; }
    public IReadOnlyCollection<Guid> CreatedClasses => _createdClasses;

    public async Task PumpAsync(CancellationToken cancellationToken)
    {
        while (Failure is null && _events.Read() is { Count: > 0 } lines)
            foreach (var chunk in lines.Chunk(MaxBatch))
            {
                await StoreAsync([.. chunk.Select(line => JsonSerializer.Deserialize<ImportEvent>(line, ImportDirectory.Json)!)], cancellationToken);
                if (Failure is not null) return;
            }
    }

    private async Task StoreAsync(List<ImportEvent> events, CancellationToken cancellationToken)
    {
        var batch = new ImportBatch();
        foreach (var one in events) batch.Add(one);
        if (!batch.IsEmpty)
        {
            await PutAsync(batch.Pictures, cancellationToken);
            var outcome = await DatabaseRetry.RunAsync(() => rows.AppendAsync(claim, batch, cancellationToken), clock, cancellationToken);
            Accepted += outcome.Accepted;
            Duplicates += outcome.Duplicates;
            _createdClasses.AddRange(outcome.CreatedClasses);
            quota.Add(outcome);
            Failure = quota.Exceeded();
        }
        Failure ??= events.OfType<ImportFailedEvent>().FirstOrDefault()?.Failure;
        Done = events.OfType<ImportDoneEvent>().Any();
    }

    // Objects first: a row never names an object that is not there.
    private async Task PutAsync(List<PictureEvent> pictures, CancellationToken cancellationToken)
    {
        var fresh = pictures.Select(p => p.Hash).Distinct().Where(hash => !_stored.Contains(hash)).ToList();
        await Parallel.ForEachAsync(fresh, new ParallelOptions { MaxDegreeOfParallelism = Uploads, CancellationToken = cancellationToken }, async (hash, cancel) =>
        {
            await store.PutFileAsync(ObjectKeys.Content(claim.OrgId, hash), Path.Combine(directory.Out, hash), cancel);
            await store.PutFileAsync(ObjectKeys.Thumbnail(claim.OrgId, hash), Path.Combine(directory.Out, hash + ".thumb"), cancel);
        });
        _stored.UnionWith(fresh);
        foreach (var picture in pictures)
        {
            File.Delete(Path.Combine(directory.Out, picture.Hash));
            File.Delete(Path.Combine(directory.Out, picture.Hash + ".thumb"));
        }
    }
}

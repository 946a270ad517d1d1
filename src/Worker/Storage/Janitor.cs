using System.Runtime.CompilerServices;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Embeddings;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Storage;

/// <param name="Deleted">Number of deleted objects.</param>
/// <param name="Bytes">Their total size.</param>
/// <param name="Waiting">Unreferenced objects whose grace period has not ended.</param>
/// <param name="Abandoned">Unfinished writes that were removed.</param>
internal sealed record JanitorRound(int Deleted, long Bytes, int Waiting, AbandonedWrites Abandoned);

/// <summary>
/// Deletes objects that no row has referenced for the whole grace period: of deleted datasets and organisations, failed imports, dead
/// attempts of runs, processed uploads. Storing an object again or referencing it again within the grace period keeps it, so the janitor
/// does not have to wait for running work.
/// </summary>
internal sealed partial class Janitor(
    IDbContexts contexts,
    IObjectStore store,
    TimeProvider clock,
    IOptions<JanitorOptions> options,
    ILogger<Janitor> logger
)
{
    /// <summary>An arbitrary number, the same in every worker.</summary>
    private const long RoundLock = 0x6a616e69746f72;

    private readonly UnreferencedLedger _ledger = new(store);

    /// <returns>Null if another worker is running it, or if the database cannot be trusted.</returns>
    public async Task<JanitorRound?> RunAsync(CancellationToken cancellationToken)
    {
        await using var holder = await contexts.OpenSystemAsync(cancellationToken);
        await using var claim = holder.CreateCommand();
        claim.CommandText = "SELECT pg_try_advisory_lock($1)";
        claim.Parameters.Add(new() { Value = RoundLock });
        if (await claim.ExecuteScalarAsync(cancellationToken) is not true)
            return null;
        // The pool's reset would also release the lock, but only when the connection is next used.
        try
        {
            return await HasOrganisationsAsync(cancellationToken) ? await RoundAsync(cancellationToken) : null;
        }
        finally
        {
            claim.CommandText = "SELECT pg_advisory_unlock($1)";
            await claim.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task<JanitorRound> RoundAsync(CancellationToken cancellationToken)
    {
        var begun = clock.GetUtcNow();
        var since = await _ledger.ReadAsync(cancellationToken);
        var waiting = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var (deleted, bytes) = (0, 0L);
        await foreach (var (org, unreferenced) in ByOrganisationAsync(cancellationToken))
        {
            var due = new List<StoredObject>();
            foreach (var one in unreferenced)
            {
                var first = since.TryGetValue(one.Key, out var seen) && seen <= begun ? seen : begun;
                if (begun - first >= options.Value.Grace && begun - one.ModifiedAt >= options.Value.Grace)
                    due.Add(one);
                else
                    waiting[one.Key] = first;
            }
            if (due.Count == 0)
                continue;
            var gone = new List<string>();
            // Checked again: the first result may be minutes old.
            var references = await OrgReferences.ReadAsync(contexts, org, cancellationToken);
            foreach (
                var one in await WithoutVersionsAsync(org, references, [.. due.Where(o => !references.Holds(o.Key))], cancellationToken)
            )
                if (await store.DeleteOlderAsync(one.Key, begun - options.Value.Grace, cancellationToken))
                {
                    (deleted, bytes) = (deleted + 1, bytes + one.Size);
                    gone.Add(one.Key);
                }
            await ForgetEmbeddingsAsync(org, gone, cancellationToken);
        }
        await _ledger.WriteAsync(waiting, cancellationToken);
        var abandoned = await store.RemoveAbandonedAsync(begun - options.Value.Grace, cancellationToken);
        LogRound(deleted, bytes, waiting.Count, abandoned.Count, abandoned.Bytes, clock.GetUtcNow() - begun);
        return new(deleted, bytes, waiting.Count, abandoned);
    }

    /// <summary>Embeddings go with their pictures.</summary>
    private async Task ForgetEmbeddingsAsync(Guid org, List<string> keys, CancellationToken cancellationToken)
    {
        byte[][] pictures = [.. keys.Select(StoredKey.Parse).OfType<StoredKey.Content>().Select(content => content.Digest.ToBytes())];
        await using var db = contexts.System();
        await EmbeddingStore.ForgetAsync(db, org, pictures, cancellationToken);
    }

    // An empty database with a full store means a wrong connection string or a restore that has not been done yet.
    private async Task<bool> HasOrganisationsAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        if (await db.Organizations.AnyAsync(cancellationToken))
            return true;
        LogNoOrganisation();
        return false;
    }

    // The store lists keys of one folder together, so only the references and the unreferenced objects of one organisation are in memory
    // at a time.
    private async IAsyncEnumerable<(Guid Org, List<StoredObject> Unreferenced)> ByOrganisationAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Guid? current = null;
        var references = new OrgReferences();
        var unreferenced = new List<StoredObject>();
        await foreach (var one in store.InspectAsync("orgs/", cancellationToken))
        {
            if (StoredKey.Organisation(one.Key) is not { } org)
                continue;
            if (org != current)
            {
                if (current is { } former)
                    yield return (former, await WithoutVersionsAsync(former, references, unreferenced, cancellationToken));
                (current, references, unreferenced) = (org, await OrgReferences.ReadAsync(contexts, org, cancellationToken), []);
            }
            if (!references.Holds(one.Key))
                unreferenced.Add(one);
        }
        if (current is { } last)
            yield return (last, await WithoutVersionsAsync(last, references, unreferenced, cancellationToken));
    }

    /// <summary>Those that no dataset version names either. Manifests are large and read only if needed.</summary>
    private async Task<List<StoredObject>> WithoutVersionsAsync(
        Guid org,
        OrgReferences references,
        List<StoredObject> unreferenced,
        CancellationToken cancellationToken
    )
    {
        if (references.IsGone || !unreferenced.Any(o => StoredKey.Parse(o.Key) is StoredKey.Content))
            return unreferenced;
        try
        {
            await references.AddPicturesOfVersionsAsync(store, org, cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is ObjectNotFoundException or DamagedObjectException or DomainException)
        {
            // Without the manifest its pictures are unknown: all pictures are kept.
            LogManifestUnreadable(unreadable, org);
            return [.. unreferenced.Where(o => StoredKey.Parse(o.Key) is not StoredKey.Content)];
        }
        return [.. unreferenced.Where(o => !references.Holds(o.Key))];
    }

    [LoggerMessage(
        LogLevel.Information,
        "The janitor deleted {Deleted} objects ({Bytes} bytes) and {Abandoned} unfinished writes ({AbandonedBytes} bytes) in "
            + "{Took}; {Waiting} unreferenced objects wait for the end of the grace period"
    )]
    private partial void LogRound(int deleted, long bytes, int waiting, int abandoned, long abandonedBytes, TimeSpan took);

    [LoggerMessage(LogLevel.Warning, "The janitor deletes nothing: the database has no organisation. Is it the right database?")]
    private partial void LogNoOrganisation();

    [LoggerMessage(
        LogLevel.Error,
        "A version's manifest of organisation {Org} cannot be read, so the janitor deletes none of its pictures. Restore the object "
            + "from the backup."
    )]
    private partial void LogManifestUnreadable(Exception failure, Guid org);
}

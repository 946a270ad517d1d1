using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Embeddings;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;

namespace GpuGeek.Worker.Storage;

/// <summary>The stored objects of purged rows.</summary>
internal sealed class PurgedFiles(IObjectStore store)
{
    // A stored picture gets a row within minutes: a younger object may belong to another dataset that is being imported.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromDays(1);

    private readonly List<string> _own = [];
    private readonly List<string> _manifests = [];
    private readonly HashSet<string> _hashes = [];

    /// <summary>Records the objects that the rows name, before the rows are deleted.</summary>
    public async Task NoteAsync(GpuGeekDbContext db, Deletion deletion, IReadOnlyList<PurgeStep> steps, CancellationToken cancellationToken)
    {
        if (deletion.Kind == DeletionKind.Organization)
            return;
        var columns = OrgReferences.HashColumns(db).ToLookup(c => c.Table, c => c.Column);
        foreach (var step in steps)
        {
            foreach (var column in columns[step.Table])
            foreach (var hash in await step.ReadAsync(db, deletion, column, cancellationToken))
                (step.Entity.ClrType == typeof(DatasetVersion) ? (ICollection<string>)_manifests : _hashes).Add(hash);
            if (step.Entity.ClrType == typeof(Import) || step.Entity.ClrType == typeof(UploadedWeights))
                foreach (var id in await step.ReadAsync(db, deletion, "id::text", cancellationToken))
                    _own.AddRange(
                        await store
                            .ListAsync(ObjectKeys.Upload(deletion.OrgId, Guid.Parse(id)), cancellationToken)
                            .ToListAsync(cancellationToken)
                    );
            if (step.Entity.ClrType == typeof(Run))
                foreach (var id in await step.ReadAsync(db, deletion, "id::text", cancellationToken))
                    _own.AddRange(
                        await store
                            .ListAsync($"{ObjectKeys.Organisation(deletion.OrgId)}runs/{Guid.Parse(id):N}/", cancellationToken)
                            .ToListAsync(cancellationToken)
                    );
        }
        foreach (var manifest in _manifests)
            await AddPicturesAsync(deletion.OrgId, manifest, cancellationToken);
    }

    /// <summary>Deletes the recorded objects that nothing else in the organisation references.</summary>
    /// <param name="db">The transaction in which the rows were deleted.</param>
    /// <returns>Number of deleted objects.</returns>
    public async Task<int> DeleteAsync(GpuGeekDbContext db, Deletion deletion, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (deletion.Kind == DeletionKind.Organization)
            return await DeleteOrganisationAsync(deletion.OrgId, cancellationToken);
        var references = await OrgReferences.ReadAsync(db, deletion.OrgId, cancellationToken);
        await references.AddPicturesOfVersionsAsync(store, deletion.OrgId, cancellationToken);
        foreach (var key in _own)
            await store.DeleteAsync(key, cancellationToken);
        var deleted = _own.Count;
        // Manifests last: if this fails, the next round reads them again.
        foreach (var hash in _hashes.Concat(_manifests))
        foreach (var key in (string[])[ObjectKeys.Content(deletion.OrgId, hash), ObjectKeys.Thumbnail(deletion.OrgId, hash)])
            if (!references.Holds(key) && await store.DeleteOlderAsync(key, now - OnTheWay, cancellationToken))
                deleted++;
        byte[][] gone = [.. _hashes.Where(h => !references.Holds(ObjectKeys.Content(deletion.OrgId, h))).Select(Convert.FromHexString)];
        await EmbeddingStore.ForgetAsync(db, deletion.OrgId, gone, cancellationToken);
        return deleted;
    }

    private async Task<int> DeleteOrganisationAsync(Guid org, CancellationToken cancellationToken)
    {
        var keys = await store.ListAsync(ObjectKeys.Organisation(org), cancellationToken).ToListAsync(cancellationToken);
        foreach (var key in keys)
            await store.DeleteAsync(key, cancellationToken);
        return keys.Count;
    }

    // A version keeps pictures that were removed from its dataset: only its manifest names them.
    private async Task AddPicturesAsync(Guid org, string manifest, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var entry in await StoredManifest.ReadAsync(store, org, manifest, cancellationToken))
                _hashes.Add(entry.Hash);
        }
        catch (Exception unreadable) when (unreadable is ObjectNotFoundException or DamagedObjectException or DomainException)
        {
            // Deleted by a round that failed afterwards, or lost: its objects are unreferenced now, and the janitor deletes them.
        }
    }
}

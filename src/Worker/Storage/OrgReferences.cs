using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Worker.Storage;

/// <summary>All current references of one organisation's rows.</summary>
internal sealed class OrgReferences
{
    private readonly Dictionary<Guid, (string? Checkpoint, long? Fence)> _runs = [];
    private readonly HashSet<Guid> _uploads = [];
    private readonly HashSet<Digest> _contents = [];
    private readonly List<string> _manifests = [];

    /// <summary>The organisation itself was deleted: nothing is referenced.</summary>
    public bool IsGone { get; private init; }

    public static async Task<OrgReferences> ReadAsync(IDbContexts contexts, Guid org, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        // One snapshot of the database: a reference that moves from one table to another in the meantime is seen in one of them.
        await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        return await ReadAsync(db, org, cancellationToken);
    }

    /// <param name="db">A context of the system role, in a transaction.</param>
    public static async Task<OrgReferences> ReadAsync(GpuGeekDbContext db, Guid org, CancellationToken cancellationToken)
    {
        if (!await db.Organizations.AnyAsync(o => o.Id == org, cancellationToken))
            return new() { IsGone = true };
        var references = new OrgReferences();
        foreach (var column in HashColumns(db))
            await references.ReadHashesAsync(db, column, org, cancellationToken);
        await references.ReadEditsAsync(db, org, cancellationToken);
        references._manifests.AddRange(
            await db
                .DatasetVersions.IgnoreTenantFilter()
                .Where(v => v.OrgId == org)
                .Select(v => v.ManifestHash)
                .ToListAsync(cancellationToken)
        );
        // Of an upload that can be resumed, parts are stored while others are still expected. A job that failed because of too many
        // interruptions keeps its upload for a while.
        var arriving = db.Imports.IgnoreTenantFilter().Where(i => i.OrgId == org && i.State == UploadState.Uploading);
        references._uploads.UnionWith(await arriving.Select(i => i.Id).ToListAsync(cancellationToken));
        var jobs = db
            .Jobs.IgnoreTenantFilter()
            .Where(j => j.OrgId == org && (j.State == JobState.Queued || j.State == JobState.Running || j.RetryUntil != null));
        references._uploads.UnionWith(await jobs.Select(j => j.Id).ToListAsync(cancellationToken));
        var runs = db.Database.SqlQuery<OpenRun>(
            $"""
            SELECT r.id, r.checkpoint_key, l.fence FROM runs r LEFT JOIN run_leases l ON l.org_id = r.org_id AND l.run_id = r.id
            WHERE r.org_id = {org} AND (r.state NOT IN ('succeeded', 'failed', 'canceled') OR r.retry_until IS NOT NULL)
            """
        );
        foreach (var run in await runs.ToListAsync(cancellationToken))
            references._runs[run.Id] = (run.CheckpointKey, run.Fence);
        return references;
    }

    /// <summary>Removed pictures come back when their removal is undone.</summary>
    private async Task ReadEditsAsync(GpuGeekDbContext db, Guid org, CancellationToken cancellationToken)
    {
        var removals = db
            .ImageEdits.IgnoreTenantFilter()
            .Where(e => e.OrgId == org && e.Removes && e.UndoneAt == null)
            .Select(e => e.Before)
            .AsAsyncEnumerable();
        await foreach (var before in removals.WithCancellation(cancellationToken))
        foreach (var image in FormerImages.Read<DatasetImage>(before))
            if (Digest.Parse(image.Hash) is { } digest)
                _contents.Add(digest);
    }

    /// <summary>Every column of a tenant table that contains a content hash, from the model: new tables are included
    /// automatically.</summary>
    public static IReadOnlyList<(string Table, string Column)> HashColumns(GpuGeekDbContext db) =>
        [
            .. from entity in db.Model.GetEntityTypes()
            where typeof(ITenantOwned).IsAssignableFrom(entity.ClrType) && entity.GetTableName() is not null
            from property in entity.GetProperties()
            where
                property.ClrType == typeof(string)
                && property.GetMaxLength() == 64
                && property.Name.EndsWith("Hash", StringComparison.Ordinal)
            select (entity.GetTableName()!, property.GetColumnName()),
        ];

    /// <summary>Versions keep pictures that were removed from their dataset: only their manifests name these.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="DomainException">A manifest cannot be read.</exception>
    public async Task AddPicturesOfVersionsAsync(IObjectStore store, Guid org, CancellationToken cancellationToken)
    {
        foreach (var hash in _manifests)
        foreach (var entry in await StoredManifest.ReadAsync(store, org, hash, cancellationToken))
            Add(entry.Hash);
        _manifests.Clear();
    }

    public bool Holds(string key)
    {
        if (IsGone)
            return false;
        return StoredKey.Parse(key) switch
        {
            StoredKey.Content content => _contents.Contains(content.Digest),
            StoredKey.Upload upload => _uploads.Contains(upload.Id),
            // The current attempt's objects, and the checkpoint from which the next one continues, whoever wrote it.
            StoredKey.OfRun of => _runs.TryGetValue(of.Run, out var run)
                && (
                    of.Fence >= run.Fence
                    || (run.Checkpoint is { } checkpoint && key.StartsWith(checkpoint + "/", StringComparison.Ordinal))
                ),
            _ => true,
        };
    }

    private async Task ReadHashesAsync(
        GpuGeekDbContext db,
        (string Table, string Column) column,
        Guid org,
        CancellationToken cancellationToken
    )
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.CommandText = $"""SELECT "{column.Column}" FROM "{column.Table}" WHERE org_id = $1 AND "{column.Column}" IS NOT NULL""";
        command.Parameters.Add(new() { Value = org });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            Add(reader.GetString(0));
    }

    private void Add(string hash)
    {
        if (Digest.Parse(hash) is { } digest)
            _contents.Add(digest);
    }

    private sealed record OpenRun(Guid Id, string? CheckpointKey, long? Fence);
}

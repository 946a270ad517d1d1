using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace GpuGeek.Worker.Tests.Storage.Purging;

/// <summary>Items deleted a week ago, searched in every table of the catalogue and in the object store.</summary>
public sealed class WhatIsPurged : IAsyncLifetime
{
    private readonly Settings _settings;
    private readonly Calendar _calendar = new();
    private TestWorker _worker = null!;
    private FullOrganisation _org = null!;
    private FullOrganisation _neighbour = null!;

    public WhatIsPurged(PostgresFixture postgres) => _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private IObjectStore Store => _worker.Store;

    public async ValueTask InitializeAsync()
    {
        _worker = TestWorker.Create(_settings);
        (_org, _neighbour) = (new(_worker.Contexts, Store), new(_worker.Contexts, Store));
        foreach (var org in (FullOrganisation[])[_org, _neighbour])
            await org.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // What waits here would be found due by a test with a later calendar.
        await using (var db = _worker.Contexts.System())
            await db
                .Deletions.IgnoreTenantFilter()
                .Where(d => d.OrgId == _org.Id || d.OrgId == _neighbour.Id)
                .ExecuteDeleteAsync(CancellationToken.None);
        await _worker.DisposeAsync();
        _settings.Dispose();
    }

    private Task<int> RoundAsync(IObjectStore? store = null) =>
        new Purge(_worker.Contexts, store ?? Store, _calendar, NullLogger<Purge>.Instance).RunAsync(Cancel);

    /// <summary>Rows of the organisation by table: every table that has an org_id, from the database's own catalogue.</summary>
    private async Task<SortedDictionary<string, long>> RowsAsync(FullOrganisation org)
    {
        await using var db = _worker.Contexts.System();
        var counted = await db
            .Database.SqlQuery<TableRows>(
                $"""
                SELECT table_name AS "Table", (xpath('//n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I WHERE org_id = %L',
                    table_name, {org.Id}), false, false, '')))[1]::text::bigint AS "Rows"
                FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'org_id'
                """
            )
            .ToListAsync(Cancel);
        var rows = new SortedDictionary<string, long>(counted.ToDictionary(t => t.Table, t => t.Rows), StringComparer.Ordinal)
        {
            ["organizations"] = await db.Organizations.CountAsync(o => o.Id == org.Id, Cancel),
        };
        return rows;
    }

    private async Task<SortedSet<string>> KeysAsync(FullOrganisation org) =>
        new(await Store.ListAsync(ObjectKeys.Organisation(org.Id), Cancel).ToListAsync(Cancel), StringComparer.Ordinal);

    [Fact]
    public async Task As_an_organisation_leaves_no_row_in_any_table_and_no_object()
    {
        foreach (var org in (FullOrganisation[])[_org, _neighbour])
            await org.AddProjectAsync("a picture both have");
        await _org.DeleteAsync(DeletionKind.Organization, _org.Id);
        var (rows, neighbours, keys) = (await RowsAsync(_org), await RowsAsync(_neighbour), await KeysAsync(_neighbour));
        // Deletions are the one thing the neighbour has none of: every other table is looked at with something in it.
        Assert.Empty(rows.Where(t => t.Value == 0).Select(t => t.Key));
        Assert.True((await KeysAsync(_org)).Count > 10);

        Assert.Equal(0, await RoundAsync());
        _calendar.Turn(7.01);
        Assert.Equal(1, await RoundAsync());
        Assert.Empty((await RowsAsync(_org)).Where(t => t.Value != 0).Select(t => t.Key));
        Assert.Empty(await KeysAsync(_org));
        Assert.Equal(neighbours, await RowsAsync(_neighbour));
        Assert.Equal(keys, await KeysAsync(_neighbour));
    }

    [Fact]
    public async Task As_a_project_leaves_its_bill_and_what_others_share_with_it()
    {
        var stays = await _org.AddProjectAsync("shared");
        var (before, keys) = (await RowsAsync(_org), await KeysAsync(_org));
        var goes = await _org.AddProjectAsync("shared");
        await _org.DeleteAsync(DeletionKind.Dataset, goes.Dataset);
        await _org.DeleteAsync(DeletionKind.Project, goes.Project);
        _calendar.Turn(6.9);
        Assert.Equal(0, await RoundAsync());
        Assert.Superset(new HashSet<string>(goes.Keys), (await KeysAsync(_org)).ToHashSet());
        await UndoAsync(DeletionKind.Dataset);
        _calendar.Turn(0.2);
        Assert.Equal(1, await RoundAsync());
        var after = await RowsAsync(_org);
        Assert.Equal(before["usage_intervals"] + 1, after["usage_intervals"]);
        before["usage_intervals"]++;
        Assert.Equal(before, after);
        Assert.Equal(keys, await KeysAsync(_org));
        Assert.Superset(new HashSet<string>(stays.Keys), keys.ToHashSet());
    }

    [Fact]
    public async Task As_a_dataset_leaves_the_runs_and_models_that_learned_from_it()
    {
        var goes = await _org.AddProjectAsync();
        var before = await RowsAsync(_org);
        await _org.DeleteAsync(DeletionKind.Dataset, goes.Dataset);
        _calendar.Turn(7.01);
        Assert.Equal(1, await RoundAsync());
        string[] gone =
        [
            "datasets",
            "dataset_classes",
            "dataset_counts",
            "dataset_images",
            "dataset_versions",
            "evaluations",
            "image_edits",
            "imports",
            "skipped_files",
            "embeddings",
            "comments",
            "mentions",
        ];
        foreach (var table in gone)
            before[table] = 0;
        // That of the project's weights.
        before["jobs"] = 1;
        Assert.Equal(before, await RowsAsync(_org));
        var kept = await KeysAsync(_org);
        // The model's three files and the project's weights with their thumbnails' places, the run's checkpoints, and of the uploads that
        // of the weights.
        Assert.Equal(11, kept.Count);
        Assert.Single(kept, key => key.Contains("/uploads/", StringComparison.Ordinal));
        await using var db = _worker.Contexts.System();
        Assert.Equal(
            goes.Version,
            await db.Runs.IgnoreTenantFilter().Where(r => r.Id == goes.Run).Select(r => r.DatasetVersionId).SingleAsync(Cancel)
        );
    }

    [Fact]
    public async Task Waits_for_a_run_that_has_not_stopped()
    {
        var goes = await _org.AddProjectAsync();
        var deletion = await _org.DeleteAsync(DeletionKind.Project, goes.Project);
        await using var db = _worker.Contexts.System();
        await db
            .Runs.IgnoreTenantFilter()
            .Where(r => r.Id == goes.Run)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.DeletionId, deletion), Cancel);
        await db
            .RunLeases.IgnoreTenantFilter()
            .Where(l => l.RunId == goes.Run)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Owner, "worker/0"), Cancel);
        _calendar.Turn(8);
        Assert.Equal(0, await RoundAsync());
        Assert.Equal(1, (await RowsAsync(_org))["projects"]);
        await db
            .RunLeases.IgnoreTenantFilter()
            .Where(l => l.RunId == goes.Run)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Owner, (string?)null), Cancel);
        Assert.Equal(1, await RoundAsync());
        Assert.Equal(0, (await RowsAsync(_org))["projects"]);
    }

    [Fact]
    public async Task Is_repeated_after_a_round_that_failed_anywhere()
    {
        var goes = await _org.AddProjectAsync();
        var before = await RowsAsync(_org);
        await _org.DeleteAsync(DeletionKind.Project, goes.Project);
        before["deletions"]++;
        _calendar.Turn(8);
        // Each object deletion in turn fails.
        for (var good = 0; ; good++)
        {
            var left = good;
            var done = await RoundAsync(
                new Racing(Store, () => Task.CompletedTask, () => _ = left-- > 0 ? 0 : throw new ObjectStoreException("The store is away."))
            );
            if (done == 1)
                break;
            Assert.Equal(before, await RowsAsync(_org));
            Assert.InRange(good, 0, 30);
        }
        Assert.Empty(await KeysAsync(_org));
        Assert.Equal(0, (await RowsAsync(_org))["projects"]);
    }

    [Fact]
    public async Task By_two_workers_at_once_is_purged_once()
    {
        var goes = await _org.AddProjectAsync();
        await _org.DeleteAsync(DeletionKind.Project, goes.Project);
        _calendar.Turn(8);
        Assert.Equal(1, (await Task.WhenAll(RoundAsync(), RoundAsync(), RoundAsync())).Sum());
        Assert.Empty(await KeysAsync(_org));
    }

    [Fact]
    public async Task Spares_a_picture_that_another_dataset_is_just_taking_in()
    {
        var goes = await _org.AddProjectAsync();
        await _org.DeleteAsync(DeletionKind.Project, goes.Project);
        // The store's clock says now, and so does the purge's: the picture was stored a moment ago.
        await using var db = _worker.Contexts.System();
        await db
            .Deletions.IgnoreTenantFilter()
            .Where(d => d.OrgId == _org.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.PurgeAt, TimeProvider.System.GetUtcNow()), Cancel);
        Assert.Equal(1, await RoundAsync());
        Assert.Equal(0, (await RowsAsync(_org))["dataset_images"]);
        Assert.Contains(await KeysAsync(_org), key => ObjectKeys.ContentHash(key) is not null);
    }

    private sealed record TableRows(string Table, long Rows);

    private async Task UndoAsync(DeletionKind kind)
    {
        await using var db = _worker.Contexts.System();
        await db.Deletions.IgnoreTenantFilter().Where(d => d.OrgId == _org.Id && d.Kind == kind).ExecuteDeleteAsync(Cancel);
    }
}

using System.Text;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Tests.Storage;

/// <summary>A worker's store and the real database, with a janitor whose clock the test controls.</summary>
public sealed class TheJanitor : IAsyncLifetime
{
    private readonly Settings _settings;
    private readonly Calendar _calendar = new();
    private TestWorker _worker = null!;
    private Tenant _tenant = null!;

    public TheJanitor(PostgresFixture postgres) => _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private IObjectStore Store => _worker.Store;

    public async ValueTask InitializeAsync()
    {
        _worker = TestWorker.Create(_settings);
        _tenant = await Tenant.CreateAsync(_worker.Contexts, Store);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        _settings.Dispose();
    }

    private Task<JanitorRound?> RoundAsync(IObjectStore? store = null) =>
        new Janitor(
            _worker.Contexts,
            store ?? Store,
            _calendar,
            Options.Create(new JanitorOptions()),
            NullLogger<Janitor>.Instance
        ).RunAsync(Cancel);

    /// <summary>Two rounds, eight days apart: the grace period of seven days has ended for the first round's objects.</summary>
    private async Task<JanitorRound> GraceAsync(IObjectStore? store = null)
    {
        await RoundAsync(store);
        _calendar.Turn(8);
        return (await RoundAsync(store))!;
    }

    private async Task<string> PutAsync(string key, string text = "x")
    {
        await Store.PutAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(text)), Cancel);
        return key;
    }

    private async Task<string> PutContentAsync(string text) => await PutAsync(ObjectKeys.Content(_tenant.OrgId, HashOf(text)), text);

    private static string HashOf(string text) => Manifest.HashOf(Encoding.UTF8.GetBytes(text));

    private async Task<List<string>> KeysAsync() => await Store.ListAsync("orgs/", Cancel).ToListAsync(Cancel);

    private Task<int> ChangeAsync(Func<GpuGeekDbContext, Task> change) =>
        _tenant.QueryAsync(async db =>
        {
            await change(db);
            return await db.SaveChangesAsync(Cancel);
        });

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private async Task AddImageAsync(string text)
    {
        var label = NewId();
        await ChangeAsync(db =>
        {
            db.DatasetClasses.Add(
                new()
                {
                    OrgId = _tenant.OrgId,
                    Id = label,
                    DatasetId = _tenant.DatasetId,
                    Name = text,
                }
            );
            db.DatasetImages.Add(
                new()
                {
                    OrgId = _tenant.OrgId,
                    Id = NewId(),
                    DatasetId = _tenant.DatasetId,
                    ClassId = label,
                    ImportId = NewId(),
                    Hash = HashOf(text),
                    FileName = "a.png",
                    Format = "png",
                    Width = 1,
                    Height = 1,
                    Bytes = text.Length,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                }
            );
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Keeps_what_rows_and_manifests_refer_to()
    {
        // The tenant's version names six pictures that no row of the dataset names any more.
        await AddImageAsync("picture");
        await PutContentAsync("picture");
        await PutAsync(ObjectKeys.Thumbnail(_tenant.OrgId, HashOf("picture")));
        var all = await KeysAsync();
        Assert.Equal(9, all.Count);
        var round = await GraceAsync();
        Assert.Equal((0, 0), (round.Deleted, round.Waiting));
        Assert.Equal(all, await KeysAsync());
    }

    [Fact]
    public async Task Deletes_what_nothing_refers_to_once_the_grace_is_over_and_counts_it()
    {
        var kept = await KeysAsync();
        await PutContentAsync("of a deleted dataset");
        await PutAsync(ObjectKeys.Thumbnail(_tenant.OrgId, HashOf("of a deleted dataset")), "small");
        var all = await KeysAsync();

        Assert.Equal((0, 2), await RoundAsync() is { } first ? (first.Deleted, first.Waiting) : default);
        _calendar.Turn(6.9);
        Assert.Equal((0, 2), await RoundAsync() is { } second ? (second.Deleted, second.Waiting) : default);
        Assert.Equal(all, await KeysAsync());
        _calendar.Turn(0.2);
        var last = await RoundAsync();
        Assert.Equal((2, "of a deleted dataset".Length + "small".Length, 0), (last!.Deleted, (int)last.Bytes, last.Waiting));
        Assert.Equal(kept, await KeysAsync());
        Assert.Null(await Store.SizeAsync(UnreferencedLedger.Key, Cancel));
    }

    [Fact]
    public async Task Counts_the_grace_from_the_last_reference_and_not_from_the_writing()
    {
        await AddImageAsync("old picture");
        var key = await PutContentAsync("old picture");
        _calendar.Turn(365);
        await RoundAsync();
        await ChangeAsync(db => db.DatasetImages.IgnoreTenantFilter().Where(i => i.OrgId == _tenant.OrgId).ExecuteDeleteAsync(Cancel));
        Assert.Equal((0, 1), await RoundAsync() is { } round ? (round.Deleted, round.Waiting) : default);
        _calendar.Turn(8);
        Assert.Equal(1, (await RoundAsync())!.Deleted);
        Assert.Null(await Store.SizeAsync(key, Cancel));
    }

    [Fact]
    public async Task Forgets_the_count_when_something_refers_to_it_again()
    {
        var key = await PutContentAsync("comes back");
        await RoundAsync();
        await AddImageAsync("comes back");
        _calendar.Turn(8);
        await RoundAsync();
        await ChangeAsync(db => db.DatasetImages.IgnoreTenantFilter().Where(i => i.OrgId == _tenant.OrgId).ExecuteDeleteAsync(Cancel));
        Assert.Equal((0, 1), await RoundAsync() is { } round ? (round.Deleted, round.Waiting) : default);
        Assert.NotNull(await Store.SizeAsync(key, Cancel));
    }

    [Fact]
    public async Task Spares_what_an_import_stores_or_names_while_it_goes_round()
    {
        var stored = await PutContentAsync("stored again");
        var named = await PutContentAsync("named again");
        await PutContentAsync("neither");
        await RoundAsync();
        _calendar.Turn(8);
        var racing = new Racing(
            Store,
            before: async () =>
            {
                // Both after the janitor has read the rows and listed the objects.
                await AddImageAsync("named again");
                File.SetLastWriteTimeUtc(Path.Combine(_settings.Objects, stored), _calendar.GetUtcNow().UtcDateTime);
            }
        );
        Assert.Equal(1, (await RoundAsync(racing))!.Deleted);
        Assert.NotNull(await Store.SizeAsync(stored, Cancel));
        Assert.NotNull(await Store.SizeAsync(named, Cancel));
    }

    [Fact]
    public async Task Keeps_every_picture_while_a_manifest_cannot_be_read()
    {
        var manifest = ObjectKeys.Content(
            _tenant.OrgId,
            await _tenant.QueryAsync(db =>
                db.DatasetVersions.IgnoreTenantFilter().Where(v => v.OrgId == _tenant.OrgId).Select(v => v.ManifestHash).SingleAsync(Cancel)
            )
        );
        await File.AppendAllTextAsync(Path.Combine(_settings.Objects, manifest), "damage", Cancel);
        await PutContentAsync("nobody's");
        var all = await KeysAsync();
        Assert.Equal(0, (await GraceAsync()).Deleted);
        Assert.Equal(all, await KeysAsync());
    }

    [Fact]
    public async Task Deletes_uploads_but_those_that_an_import_will_still_read()
    {
        var queued = ObjectKeys.Upload(_tenant.OrgId, await _tenant.QueueImportAsync([1, 2, 3]));
        var ended = await _tenant.QueueImportAsync([1, 2, 3]);
        // It may take longer than the grace period.
        Guid[] parts = [NewId(), NewId()];
        var arriving = await _tenant.QueueImportAsync([1, 2, 3], change: i => (i.State, i.Parts) = (UploadState.Uploading, parts));
        await ChangeAsync(db =>
            db.Jobs.IgnoreTenantFilter()
                .Where(j => j.Id == ended)
                .ExecuteUpdateAsync(set => set.SetProperty(j => j.State, JobState.Failed), Cancel)
        );
        await PutAsync(ObjectKeys.Upload(_tenant.OrgId, NewId()));
        Assert.Equal(2, (await GraceAsync()).Deleted);
        Assert.Equal(
            parts.Select(part => ObjectKeys.UploadPart(_tenant.OrgId, arriving, part)).Append(queued).Order(StringComparer.Ordinal),
            (await Store.ListAsync($"orgs/{_tenant.OrgId:N}/uploads/", Cancel).ToListAsync(Cancel)).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Keeps_removed_pictures_while_their_removal_can_be_undone()
    {
        const string Picture = "removed, but not for good";
        await PutContentAsync(Picture);
        var removed = new DatasetImage
        {
            OrgId = _tenant.OrgId,
            Id = NewId(),
            DatasetId = _tenant.DatasetId,
            ClassId = NewId(),
            ImportId = NewId(),
            Hash = HashOf(Picture),
            FileName = "a.png",
            Format = "png",
            Width = 1,
            Height = 1,
            Bytes = 1,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        var edit = NewId();
        await ChangeAsync(async db =>
        {
            db.ImageEdits.Add(
                new()
                {
                    OrgId = _tenant.OrgId,
                    Id = edit,
                    DatasetId = _tenant.DatasetId,
                    UserId = NewId(),
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                    Removes = true,
                    Count = 1,
                    Before = FormerImages.Write([removed]),
                }
            );
            await db.SaveChangesAsync(Cancel);
        });
        Assert.Equal(0, (await GraceAsync()).Deleted);
        await ChangeAsync(db => db.ImageEdits.IgnoreTenantFilter().Where(e => e.Id == edit).ExecuteDeleteAsync(Cancel));
        Assert.Equal(1, (await GraceAsync()).Deleted);
    }

    [Fact]
    public async Task Deletes_what_dead_attempts_of_a_run_left()
    {
        var run = await _tenant.QueueRunAsync();
        string Of(long fence, string name) => ObjectKeys.Run(_tenant.OrgId, run, fence, name);
        await ChangeAsync(async db =>
        {
            db.RunLeases.Add(
                new()
                {
                    OrgId = _tenant.OrgId,
                    RunId = run,
                    Fence = 3,
                }
            );
            await db
                .Runs.IgnoreTenantFilter()
                .Where(r => r.Id == run)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.CheckpointKey, Of(1, "checkpoints/10")), Cancel);
        });
        // The checkpoint to go on from and the present attempt stay; what begins like the checkpoint's name does not.
        string[] kept =
        [
            await PutAsync(Of(1, "checkpoints/10/weights")),
            await PutAsync(Of(3, "checkpoints/20/weights")),
            await PutAsync(Of(4, "checkpoints/21/weights")),
        ];
        await PutAsync(Of(1, "checkpoints/100/weights"));
        await PutAsync(Of(2, "checkpoints/15/weights"));
        await PutAsync(ObjectKeys.Run(_tenant.OrgId, NewId(), 1, "checkpoints/1/weights"));
        Assert.Equal(3, (await GraceAsync()).Deleted);
        Assert.Equal(kept, await Store.ListAsync($"orgs/{_tenant.OrgId:N}/runs/", Cancel).ToListAsync(Cancel));

        await ChangeAsync(async db =>
            (await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == run, Cancel)).Cancel(_calendar.GetUtcNow())
        );
        Assert.Equal(3, (await GraceAsync()).Deleted);
    }

    [Fact]
    public async Task Deletes_a_deleted_organisation_whole_and_leaves_what_it_does_not_know()
    {
        var gone = NewId();
        foreach (var name in new[] { "sha256/ab/abc", "anything/at/all", "uploads/1" })
            await PutAsync($"orgs/{gone:N}/{name}");
        string[] unknown =
        [
            await PutAsync($"orgs/{_tenant.OrgId:N}/a-kind-of-later/1"),
            await PutAsync($"orgs/{_tenant.OrgId:N}/sha256/ab/no-hash"),
            await PutAsync("orgs/no-organisation/1"),
        ];
        Assert.Equal(3, (await GraceAsync()).Deleted);
        await Assert.AllAsync(unknown, async key => Assert.NotNull(await Store.SizeAsync(key, Cancel)));
        Assert.Empty(await Store.ListAsync($"orgs/{gone:N}/", Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Removes_writes_that_never_ended()
    {
        var left = Path.Combine(_settings.Objects, "tmp", "left-by-a-killed-writer");
        await File.WriteAllTextAsync(left, "half", Cancel);
        Assert.Equal(new(0, 0), (await RoundAsync())!.Abandoned);
        _calendar.Turn(8);
        Assert.Equal(new(1, 4), (await RoundAsync())!.Abandoned);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task Makes_no_round_while_another_worker_makes_one()
    {
        var inside = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        await PutContentAsync("nobody's");
        await RoundAsync();
        _calendar.Turn(8);
        var first = RoundAsync(
            new Racing(
                Store,
                before: async () =>
                {
                    inside.SetResult();
                    await leave.Task;
                }
            )
        );
        await inside.Task.WaitAsync(Cancel);
        Assert.Null(await RoundAsync());
        leave.SetResult();
        Assert.Equal(1, (await first)!.Deleted);
        Assert.NotNull(await RoundAsync());
    }

    [Fact]
    public async Task Knows_every_column_that_holds_a_contents_hash()
    {
        var columns = await _tenant.QueryAsync(db => Task.FromResult(OrgReferences.HashColumns(db)));
        Assert.Superset(
            new HashSet<(string, string)>
            {
                ("dataset_images", "hash"),
                ("dataset_versions", "manifest_hash"),
                ("model_versions", "onnx_hash"),
                ("model_versions", "predictions_hash"),
                ("model_versions", "weights_hash"),
            },
            columns.ToHashSet()
        );
    }
}

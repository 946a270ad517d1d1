using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Tests.Storage;

public sealed class WhatIsKeptForATime : IAsyncLifetime
{
    private readonly Settings _settings;
    private readonly Calendar _calendar = new();
    private TestWorker _worker = null!;
    private Tenant _tenant = null!;

    public WhatIsKeptForATime(PostgresFixture postgres) => _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _worker = TestWorker.Create(_settings);
        _tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        _settings.Dispose();
    }

    private Task<ExpiryRound> RoundAsync() =>
        new Expiry(
            _worker.Contexts,
            _worker.Get<KeptRuns>(),
            _worker.Get<CheckpointTransfer>(),
            _worker.Store,
            _worker.Get<ILiveNotifier>(),
            _calendar,
            Options.Create(new JanitorOptions()),
            NullLogger<Expiry>.Instance
        ).RunAsync(Cancel);

    private Task<JanitorRound?> JanitorAsync() =>
        new Janitor(
            _worker.Contexts,
            _worker.Store,
            _calendar,
            Options.Create(new JanitorOptions { GraceDays = 1 }),
            NullLogger<Janitor>.Instance
        ).RunAsync(Cancel);

    private async Task<string> PutAsync(string key)
    {
        await _worker.Store.PutAsync(key, new MemoryStream([1]), Cancel);
        return key;
    }

    private async Task<bool> HasAsync(string key) => await _worker.Store.SizeAsync(key, Cancel) is not null;

    /// <summary>A run with a checkpoint whose trainer has died too often.</summary>
    private async Task<Guid> FailedRunAsync(string checkpoint)
    {
        var id = await _tenant.QueueRunAsync();
        await using var db = _worker.Contexts.System();
        var run = await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == id, Cancel);
        db.RunLeases.Add(
            new()
            {
                OrgId = _tenant.OrgId,
                RunId = id,
                Fence = 9,
            }
        );
        run.Start(Now);
        run.KeepCheckpoint(ObjectKeys.Run(_tenant.OrgId, id, 3, checkpoint), 1);
        while (!run.IsFinished)
        {
            run.TrainerDied(Now);
            if (!run.IsFinished)
                run.Start(Now);
        }
        await db.SaveChangesAsync(Cancel);
        return id;
    }

    private void Fail(Job job)
    {
        job.State = JobState.Failed;
        job.Keep(Now);
    }

    /// <summary>An import that nobody decides about.</summary>
    private void Review(Job job)
    {
        job.State = JobState.Succeeded;
        job.Keep(Now);
    }

    private async Task AddJobAsync(UploadedWeights weights)
    {
        var job = Job.Of(weights, Now);
        Fail(job);
        await using var db = _worker.Contexts.System();
        db.Jobs.Add(job);
        await db.SaveChangesAsync(Cancel);
    }

    private async Task<UploadedWeights> AddWeightsAsync(Action<UploadedWeights> change)
    {
        var row = new UploadedWeights
        {
            OrgId = _tenant.OrgId,
            Id = Guid.CreateVersion7(Now),
            ProjectId = _tenant.ProjectId,
            FileName = "mine.pth",
            Size = 1,
            CreatedBy = _tenant.OrgId,
            CreatedAt = Now,
        };
        change(row);
        await using var db = _worker.Contexts.System();
        db.UploadedWeights.Add(row);
        await db.SaveChangesAsync(Cancel);
        return row;
    }

    [Fact]
    public async Task Is_left_by_the_janitor_and_goes_after_seven_days()
    {
        var run = await FailedRunAsync("checkpoints/step-1");
        var import = await _tenant.QueueImportAsync([1], changeJob: Fail);
        var reviewed = await _tenant.QueueImportAsync([1], changeJob: Review);
        var weights = await AddWeightsAsync(w => w.State = UploadState.Received);
        await AddJobAsync(weights);
        string[] keys =
        [
            await PutAsync(ObjectKeys.Run(_tenant.OrgId, run, 3, "checkpoints/step-1/model.bin")),
            ObjectKeys.Upload(_tenant.OrgId, import),
            ObjectKeys.Upload(_tenant.OrgId, reviewed),
            await PutAsync(ObjectKeys.Upload(_tenant.OrgId, weights.Id)),
        ];
        await JanitorAsync();
        _calendar.Turn(6.9);
        Assert.Equal(0, (await RoundAsync()).Forgotten);
        await JanitorAsync();
        foreach (var key in keys)
            Assert.True(await HasAsync(key), key);

        _calendar.Turn(0.2);
        // Other tests of this database have left failed work too.
        Assert.InRange((await RoundAsync()).Forgotten, 4, int.MaxValue);
        foreach (var key in keys)
            Assert.False(await HasAsync(key), key);
        var row = await _tenant.RunAsync(run);
        Assert.Equal((RunState.Failed, null, null), (row.State, row.CheckpointKey, row.RetryUntil));
        Assert.Equal("run_not_resumable", Assert.Throws<DomainException>(() => row.Resume(Now)).Code);
        Assert.Equal(0, (await RoundAsync()).Forgotten);
    }

    private Task<UploadState> StateAsync(Guid import) =>
        _tenant.QueryAsync(db => db.Imports.IgnoreTenantFilter().Where(i => i.Id == import).Select(i => i.State).SingleAsync(Cancel));

    [Fact]
    public async Task Is_an_upload_too_which_fails_when_its_bytes_have_not_come_for_a_week()
    {
        Guid[] parts = [new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8])];
        var import = await _tenant.QueueImportAsync([1], change: i => i.State = UploadState.Uploading);
        var inParts = await _tenant.QueueImportAsync([1, 2], change: i => (i.State, i.Parts) = (UploadState.Uploading, parts));
        var other = await _tenant.QueueImportAsync([1]);
        var weights = await AddWeightsAsync(w => w.State = UploadState.Uploading);
        _calendar.Turn(6.9);
        await RoundAsync();
        Assert.Equal(UploadState.Uploading, await StateAsync(import));
        _calendar.Turn(0.2);
        // Other tests of this database have left uploads too.
        Assert.InRange((await RoundAsync()).Abandoned, 2, int.MaxValue);
        var row = await _tenant.QueryAsync(db => db.Imports.IgnoreTenantFilter().AsNoTracking().SingleAsync(i => i.Id == import, Cancel));
        Assert.Equal((UploadState.Failed, "upload_abandoned"), (row.State, row.Error!.Code));
        Assert.NotNull(row.StoppedAt);
        Assert.False(await HasAsync(ObjectKeys.Upload(_tenant.OrgId, import)));
        Assert.Equal(UploadState.Failed, await StateAsync(inParts));
        foreach (var part in parts)
            Assert.False(await HasAsync(ObjectKeys.UploadPart(_tenant.OrgId, inParts, part)));
        Assert.True(await HasAsync(ObjectKeys.Upload(_tenant.OrgId, other)));
        Assert.Equal(
            "upload_abandoned",
            (
                await _tenant.QueryAsync(db =>
                    db.UploadedWeights.IgnoreTenantFilter()
                        .AsNoTracking()
                        .Where(w => w.Id == weights.Id)
                        .Select(w => w.Error)
                        .SingleAsync(Cancel)
                )
            )?.Code
        );
        // Nobody takes it for the next tests.
        await _tenant.QueryAsync(db => db.Jobs.IgnoreTenantFilter().Where(j => j.Id == other).ExecuteDeleteAsync(Cancel));
    }

    /// <summary>Before, its age was counted from its start: a long upload failed while its bytes were arriving.</summary>
    [Fact]
    public async Task Is_an_upload_that_took_long_as_long_as_its_bytes_come()
    {
        var slow = await _tenant.QueueImportAsync(
            [1],
            change: i =>
            {
                i.State = UploadState.Uploading;
                i.UploadActiveAt = Now + TimeSpan.FromDays(5);
            }
        );
        var weights = await AddWeightsAsync(w => w.UploadActiveAt = Now + TimeSpan.FromDays(5));
        _calendar.Turn(11);
        await RoundAsync();
        Assert.Equal(UploadState.Uploading, await StateAsync(slow));
        _calendar.Turn(1.5);
        // Other tests of this database have left uploads too.
        Assert.InRange((await RoundAsync()).Abandoned, 2, int.MaxValue);
        var ended = await _tenant.QueryAsync(db =>
            db.Imports.IgnoreTenantFilter().Where(i => i.Id == slow).Select(i => i.Error).SingleAsync(Cancel)
        );
        Assert.Equal("upload_abandoned", ended?.Code);
        var file = await _tenant.QueryAsync(db =>
            db.UploadedWeights.IgnoreTenantFilter().Where(w => w.Id == weights.Id).Select(w => w.Error).SingleAsync(Cancel)
        );
        Assert.Equal("upload_abandoned", file?.Code);
    }
}

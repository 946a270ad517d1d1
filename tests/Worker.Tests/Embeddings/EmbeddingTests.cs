using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Embeddings;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Embeddings;

public sealed class EmbeddingsOfAnOrganisation(PostgresFixture postgres) : IDisposable
{
    private static readonly byte[] Backbone = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private static EmbeddingRecord Record(byte picture, byte view = 0, int bytes = 400) =>
        new([.. Enumerable.Repeat(picture, 32)], view, [.. Enumerable.Repeat((byte)(picture + view), bytes)]);

    private static Task<List<byte>> KeptAsync(Tenant tenant) =>
        tenant.QueryAsync(async db =>
            (
                await db
                    .Embeddings.IgnoreTenantFilter()
                    .Where(e => e.OrgId == tenant.OrgId)
                    .OrderBy(e => e.Picture)
                    .Select(e => e.Picture)
                    .ToListAsync(Cancel)
            ).ConvertAll(picture => picture[0])
        );

    [Fact]
    public async Task Are_read_by_picture_and_backbone_and_by_no_other_organisation()
    {
        await using var worker = TestWorker.Create(_settings);
        var store = worker.Get<EmbeddingStore>();
        var (tenant, other) = (
            await Tenant.CreateAsync(worker.Contexts, worker.Store),
            await Tenant.CreateAsync(worker.Contexts, worker.Store)
        );
        Assert.Equal(3, await store.AddAsync(tenant.OrgId, Backbone, [Record(1), Record(1, 2), Record(2)], Cancel));
        Assert.Equal(1, await store.AddAsync(tenant.OrgId, Backbone, [Record(1), Record(3)], Cancel));
        byte[][] asked = [Record(1).Picture, Record(9).Picture];
        var read = await store.ReadAsync(tenant.OrgId, Backbone, asked, Cancel).OrderBy(r => r.View).ToListAsync(Cancel);
        Assert.Equal([(1, 0, 1), (1, 2, 3)], read.Select(r => ((int)r.Picture[0], (int)r.View, (int)r.Vector[399])));
        Assert.Empty(await store.ReadAsync(tenant.OrgId, [.. Backbone.Reverse()], asked, Cancel).ToListAsync(Cancel));
        Assert.Empty(await store.ReadAsync(other.OrgId, Backbone, asked, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Are_evicted_from_the_least_recently_used_on()
    {
        await using var worker = TestWorker.Create(_settings);
        var store = worker.Get<EmbeddingStore>();
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        foreach (var picture in (byte[])[1, 2, 3, 4])
            await store.AddAsync(tenant.OrgId, Backbone, [Record(picture)], Cancel);
        await store.ReadAsync(tenant.OrgId, Backbone, [Record(1).Picture], Cancel).ToListAsync(Cancel);
        await store.EvictAsync(800, Cancel);
        Assert.Equal([1, 4], await KeptAsync(tenant));
    }

    [Fact]
    public async Task Never_take_the_room_of_what_people_store()
    {
        await using var worker = TestWorker.Create(_settings);
        var store = worker.Get<EmbeddingStore>();
        var plan = await Plans.TinyAsync(worker, images: 10, bytes: 1000);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store, plan);
        // A block that does not fit is not kept.
        Assert.Equal(0, await store.AddAsync(tenant.OrgId, Backbone, [Record(1), Record(2), Record(3)], Cancel));
        Assert.Equal(1, await store.AddAsync(tenant.OrgId, Backbone, [Record(1)], Cancel));
        Assert.Equal(1, await store.AddAsync(tenant.OrgId, Backbone, [Record(2)], Cancel));
        await using var db = worker.Contexts.System();
        Assert.Equal(0, await Infrastructure.Billing.PlanGate.CheckStorageAsync(db, tenant.OrgId, 600, 0, Cancel));
        Assert.Equal([2], await KeptAsync(tenant));
        await Assert.ThrowsAsync<Domain.Common.DomainException>(() =>
            Infrastructure.Billing.PlanGate.CheckStorageAsync(db, tenant.OrgId, 1001, 0, Cancel)
        );
        Assert.Equal([2], await KeptAsync(tenant));
    }

    [Fact]
    public async Task Are_computed_by_a_job_and_a_training_starts_with_them()
    {
        Assert.SkipUnless(SharedData.WeightsFolder is not null, "The published weights are not here.");
        _settings.Variables["GPUGEEK_WEIGHTS"] = SharedData.WeightsFolder;
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var version = await ShapesTraining.VersionAsync(worker, tenant);
        var job = await QueueAsync(tenant, version);
        await Eventually.HoldsAsync(() => tenant.JobAsync(job), row => row.IsFinished, Eventually.TrainingLimit);
        Assert.Equal((JobState.Succeeded, null), await tenant.JobAsync(job) is var ended ? (ended.State, ended.Error) : default);
        var kept = (await KeptAsync(tenant)).Count;
        var run = await ShapesTraining.QueueAsync(
            worker,
            tenant,
            version,
            new()
            {
                Preset = RecipePresets.Fast,
                ["model.architecture"] = "mobilenet_v2",
                ["budget.epochs"] = 2,
            }
        );
        await tenant.WaitForRunAsync(run, r => r.State == RunState.Succeeded);
        var lines = await tenant.QueryAsync(db =>
            db.RunLogLines.IgnoreTenantFilter().Where(l => l.RunId == run).Select(l => l.Message).ToListAsync(Cancel)
        );
        Assert.Contains($"The embeddings of {kept} views of pictures are known.", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("Embedded ", StringComparison.Ordinal));
    }

    private static async Task<Guid> QueueAsync(Tenant tenant, DatasetVersion version)
    {
        var request = new EmbeddingRequest(version.Id, "mobilenet_v2");
        var job = Job.Of(request, version, "shapes", tenant.ProjectId, tenant.OrgId, TimeProvider.System.GetUtcNow());
        await tenant.QueryAsync(db =>
        {
            db.Jobs.Add(job);
            return db.SaveChangesAsync(Cancel);
        });
        return job.Id;
    }
}

using System.Text.Json;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Probes;

public sealed class AProbeOfARun(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Measures_it_or_says_why_it_would_not_fit_and_leaves_no_file()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var version = await ShapesTraining.VersionAsync(worker, tenant);
        var measured = await QueueAsync(tenant, version, "model.inputSize=32");
        var tooLarge = await QueueAsync(tenant, version, "model.architecture=vgg16", "model.inputSize=1024", "data.batchSize=1024");

        var ended = await EndOfAsync(tenant, measured);
        Assert.Equal((JobState.Succeeded, null), (ended.State, ended.Error));
        var estimate = JsonSerializer.Deserialize<RunEstimate>(ended.Result!, JsonSerializerOptions.Web)!;
        Assert.InRange(estimate.Seconds, estimate.SecondsLow, estimate.SecondsHigh);
        Assert.InRange(estimate.ImagesPerSecond, 1, 1e6);

        ended = await EndOfAsync(tenant, tooLarge);
        Assert.Equal((JobState.Failed, "memory_too_small", null), (ended.State, ended.Error!.Code, ended.Result));
        await Eventually.HoldsAsync(
            () => Task.FromResult(Directory.GetDirectories(Path.Combine(_settings.Work, "jobs"))),
            folders => folders.Length == 0
        );
    }

    private static Task<Job> EndOfAsync(Tenant tenant, Guid job) =>
        Eventually.HoldsAsync(() => tenant.JobAsync(job), row => row.IsFinished, Eventually.TrainingLimit);

    private static async Task<Guid> QueueAsync(Tenant tenant, DatasetVersion version, params string[] settings)
    {
        var asked = new PartialRecipe { Preset = "balanced" };
        foreach (var setting in (string[])["transfer.pretrained=false", "compute.precision=float32", .. settings])
            asked.Set(setting);
        var request = new ProbeRequest(version.Id, RecipePresets.Resolve(asked), StartHash: null);
        var now = TimeProvider.System.GetUtcNow();
        var job = Job.Of(request, tenant.OrgId, version.DatasetId, "shapes", tenant.ProjectId, tenant.OrgId, now);
        await tenant.QueryAsync(db =>
        {
            db.Jobs.Add(job);
            return db.SaveChangesAsync(Cancel);
        });
        return job.Id;
    }
}

using System.Text.Json;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Evaluations;

/// <summary>A real model of the sample's five shapes, and the job that evaluates it.</summary>
public sealed class AnEvaluation(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Predicts_as_the_run_did_maps_classes_and_survives_kill_9()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var version = await ShapesTraining.VersionAsync(worker, tenant);
        var run = await ShapesTraining.QueueAsync(
            worker,
            tenant,
            version,
            new()
            {
                Preset = RecipePresets.Balanced,
                ["budget.epochs"] = 1,
                ["transfer.pretrained"] = false,
                ["model.inputSize"] = 64,
            }
        );
        await tenant.WaitForRunAsync(run, r => r.State == RunState.Succeeded);
        var model = await tenant.QueryAsync(db => db.ModelVersions.IgnoreTenantFilter().SingleAsync(v => v.RunId == run, Cancel));

        // The run's own evaluation is there, and has the model's predictions.
        var own = await tenant.QueryAsync(db =>
            db.Evaluations.IgnoreTenantFilter().SingleAsync(e => e.ModelVersionId == model.Id && e.IsOfRun, Cancel)
        );
        Assert.Equal((Splits.Test, model.PredictionsHash, model.Result.TestCount), (own.Split, own.PredictionsHash, own.Pictures));
        Assert.Equal(model.Result.TestAccuracy, (double)own.Correct / own.Pictures, 9);

        // The same pictures again, through the serving path.
        await tenant.QueryAsync(db => db.Evaluations.IgnoreTenantFilter().Where(e => e.Id == own.Id).ExecuteDeleteAsync(Cancel));
        var again = await QueueAsync(tenant, model, version, Splits.Test, []);
        await EndAsync(tenant, again);
        Assert.Equal(0, (await RowAsync(tenant, again)).Seen);
        var (before, after) = (
            await PredictionsAsync(worker, tenant, own),
            await PredictionsAsync(worker, tenant, await RowAsync(tenant, again))
        );
        Assert.Equal(before.Select(p => (p.Hash, p.Label, p.Predicted)), after.Select(p => (p.Hash, p.Label, p.Predicted)));
        Assert.All(
            before.Zip(after),
            pair => Assert.All(pair.First.Probabilities.Zip(pair.Second.Probabilities), p => Assert.Equal(p.First, p.Second, 1e-4))
        );

        // Another split, with a class that is another one and one that is left out; its child is killed.
        var map = new Dictionary<string, string> { ["circle"] = "square", ["star"] = ClassMap.LeftOut };
        var mapped = await QueueAsync(tenant, model, version, Splits.Train, map);
        await Eventually.HoldsAsync(() => Task.FromResult(ProcessTable.WithArgument($"jobs/{mapped:N}").Count), children => children > 0);
        foreach (var child in ProcessTable.WithArgument($"jobs/{mapped:N}"))
            Signals.Send(child, Signals.Kill);
        await EndAsync(tenant, mapped);
        var row = await RowAsync(tenant, mapped);
        var counts = (await CountsAsync(worker, tenant, version)).Where(e => e.Split == Splits.Train).ToList();
        Assert.Equal(counts.Count(e => e.Label == "star"), row.LeftOut);
        Assert.Equal(counts.Count(e => e.Label != "star"), row.Pictures);
        // It was trained on them, and says so.
        Assert.Equal(row.Pictures, row.Seen);
        var predictions = await PredictionsAsync(worker, tenant, row);
        Assert.Equal(predictions.Count(p => p.Label == p.Predicted), row.Correct);
        var square = Array.IndexOf(model.Manifest.Classes, "square");
        Assert.Equal(counts.Count(e => e.Label is "circle" or "square"), predictions.Count(p => p.Label == square));
        Assert.Equal(row.PredictionsBytes, await worker.Store.SizeAsync(ObjectKeys.Content(tenant.OrgId, row.PredictionsHash!), Cancel));
    }

    private static async Task<Guid> QueueAsync(
        Tenant tenant,
        ModelVersion model,
        DatasetVersion version,
        string split,
        Dictionary<string, string> classes
    )
    {
        var now = TimeProvider.System.GetUtcNow();
        var evaluation = new Evaluation
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ModelVersionId = model.Id,
            DatasetVersionId = version.Id,
            Split = split,
            Classes = classes,
            ClassKey = ClassMap.KeyOf(classes),
            CreatedAt = now,
            Pictures = 0,
        };
        await tenant.QueryAsync(db =>
        {
            db.Evaluations.Add(evaluation);
            db.Jobs.Add(Job.Of(evaluation, version.DatasetId, "shapes", tenant.ProjectId, tenant.OrgId));
            return db.SaveChangesAsync(Cancel);
        });
        return evaluation.Id;
    }

    private static async Task EndAsync(Tenant tenant, Guid job)
    {
        var ended = await Eventually.HoldsAsync(() => tenant.JobAsync(job), row => row.IsFinished, Eventually.TrainingLimit);
        Assert.Equal((JobState.Succeeded, null), (ended.State, ended.Error));
    }

    private static Task<Evaluation> RowAsync(Tenant tenant, Guid id) =>
        tenant.QueryAsync(db => db.Evaluations.IgnoreTenantFilter().AsNoTracking().SingleAsync(e => e.Id == id, Cancel));

    private static async Task<List<TestPrediction>> PredictionsAsync(TestWorker worker, Tenant tenant, Evaluation evaluation)
    {
        await using var stream = await worker.Store.OpenReadAsync(ObjectKeys.Content(tenant.OrgId, evaluation.PredictionsHash!), Cancel);
        using var reader = new StreamReader(stream);
        var all = await reader.ReadToEndAsync(Cancel);
        return
        [
            .. all.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<TestPrediction>(line, RunDirectory.Json)!),
        ];
    }

    private static async Task<List<ManifestEntry>> CountsAsync(TestWorker worker, Tenant tenant, DatasetVersion version) =>
        await Infrastructure.Storage.StoredManifest.ReadAsync(worker.Store, tenant.OrgId, version.ManifestHash, Cancel);
}

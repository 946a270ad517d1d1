using System.Globalization;
using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Training;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Evaluations;

/// <summary>Predicts the pictures of a split with a model version and keeps the predictions. A child process decodes the pictures and runs
/// the network.</summary>
internal sealed class EvaluationJob(HeldJob job, IDbContexts contexts, IObjectStore store, PictureCache pictures, TimeProvider clock)
    : ILightJob
{
    /// <summary>As of an import, with what ONNX Runtime takes for the largest networks.</summary>
    private const long AddressSpace = 16L << 30;
    private const long HeapLimit = 3L << 30;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private readonly TrainerJob _trainer = new(job, contexts, store, clock);
    private EvaluatedImage[] _images = [];
    private int _leftOut;
    private int? _seen;
    private (string Hash, long Bytes, int Correct)? _result;

    public async Task<JobEnd> RunAsync(CancellationToken stop)
    {
        var child = _trainer.Child("evaluate", nice: 5) with { Environment = [], AddressSpace = AddressSpace, HeapLimit = HeapLimit };
        var end = await _trainer.RunAsync(PrepareAsync, child, Longest, _ => { }, stop);
        return end is JobEnd.Succeeded ? await KeepAsync(stop) : end;
    }

    public async Task WriteEndAsync(GpuGeekDbContext db, JobEnd end, CancellationToken cancellationToken)
    {
        if (_result is not { } result || end is not JobEnd.Succeeded)
        {
            await Row(db).ExecuteUpdateAsync(set => set.SetProperty(e => e.PredictionsBytes, 0), cancellationToken);
            return;
        }
        await Row(db)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(e => e.PredictionsHash, result.Hash)
                        .SetProperty(e => e.PredictionsBytes, result.Bytes)
                        .SetProperty(e => e.Pictures, _images.Length)
                        .SetProperty(e => e.LeftOut, _leftOut)
                        .SetProperty(e => e.Seen, _seen)
                        .SetProperty(e => e.Correct, result.Correct),
                cancellationToken
            );
    }

    public Task CleanUpAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Failure DiedTooOften(int exitCode) =>
        new(
            "evaluation_failed",
            "The evaluation failed repeatedly",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The process that predicts the pictures died {JobLane.MaxDeaths} times, the last time with exit code {exitCode}."
            ),
            "Retry it within 7 days. If it fails again, the machine may have too little memory for the model."
        );

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var org = job.Row.OrgId;
        await using var db = contexts.System();
        var evaluation = await Row(db).AsNoTracking().SingleAsync(cancellationToken);
        var model = await db
            .ModelVersions.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(v => v.OrgId == org && v.Id == evaluation.ModelVersionId, cancellationToken);
        var (version, images) = await _trainer.ReadAsync(evaluation.DatasetVersionId, cancellationToken);
        var labels = ClassMap.Resolve(version.Classes, model.Manifest.Classes, evaluation.Classes);
        var split = images.Where(i => i.Split == evaluation.Split).ToList();
        _images =
        [
            .. split
                .Select(i => new EvaluatedImage(i.Hash, labels[i.Label] ?? throw Undecided(version.Classes[i.Label])))
                .Where(i => i.Label != ClassMap.NoClass),
        ];
        _leftOut = split.Count - _images.Length;
        _seen = await SeenAsync(db, model, cancellationToken);
        await pictures.BringAsync(org, [.. _images.Select(i => i.Hash)], _trainer.ImagesFolder, cancellationToken);
        await store.DownloadAsync(ObjectKeys.Content(org, model.OnnxHash), job.Directory.Input, cancellationToken);
        var spec = new EvaluationSpec(
            job.Directory.Input,
            model.Manifest,
            _images,
            _trainer.ImagesFolder,
            // Light work leaves the processor to trainings.
            Math.Max(1, Environment.ProcessorCount / 2)
        );
        await File.WriteAllBytesAsync(
            _trainer.Directory.Spec,
            JsonSerializer.SerializeToUtf8Bytes(spec, RunDirectory.Json),
            cancellationToken
        );
    }

    private async Task<int?> SeenAsync(GpuGeekDbContext db, ModelVersion model, CancellationToken cancellationToken)
    {
        var manifest = await db
            .DatasetVersions.IgnoreTenantFilter()
            .Where(v => v.OrgId == model.OrgId && v.Id == model.DatasetVersionId)
            .Select(v => v.ManifestHash)
            .FirstOrDefaultAsync(cancellationToken);
        if (manifest is null)
            return null;
        var scored = _images.Select(i => i.Hash).ToHashSet(StringComparer.Ordinal);
        var seen = 0;
        await foreach (var entry in StoredManifest.StreamAsync(store, model.OrgId, manifest, cancellationToken))
            seen += entry.Split != Splits.Test && scored.Contains(entry.Hash) ? 1 : 0;
        return seen;
    }

    /// <summary>What the child says it has predicted is what it was asked for, or it counts as dead.</summary>
    private async Task<JobEnd> KeepAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(_trainer.Directory.Result, ResultFiles.Predictions);
        var (count, correct) = (0, 0);
        await foreach (var line in File.ReadLinesAsync(path, cancellationToken))
        {
            var prediction = JsonSerializer.Deserialize<TestPrediction>(line, RunDirectory.Json)!;
            if (count == _images.Length || new EvaluatedImage(prediction.Hash, prediction.Label) != _images[count++])
                return new JobEnd.Died(TrainExitCode.Succeeded);
            correct += prediction.Predicted == prediction.Label ? 1 : 0;
        }
        if (count != _images.Length)
            return new JobEnd.Died(TrainExitCode.Succeeded);
        _result = (await store.PutContentAsync(job.Row.OrgId, path, cancellationToken), new FileInfo(path).Length, correct);
        return new JobEnd.Succeeded();
    }

    private IQueryable<Evaluation> Row(GpuGeekDbContext db) =>
        db.Evaluations.IgnoreTenantFilter().Where(e => e.OrgId == job.Row.OrgId && e.Id == job.Row.Id);

    private static DomainException Undecided(string name) =>
        new("classes_differ", $"The model has no class '{name}'.", "Say what it means.");
}

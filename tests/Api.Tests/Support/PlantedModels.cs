using System.Text;
using System.Text.Json;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Support;

/// <summary>Model versions as a trained run leaves them; the ONNX file is text, for nobody here runs it.</summary>
internal static class PlantedModels
{
    private static readonly string[] Classes = ["daisy", "rose"];
    private static CancellationToken Cancel => ApiApplication.Cancel;

    public static byte[] Onnx(Guid run) => Encoding.UTF8.GetBytes($"the network of {run}");

    /// <summary>The next version of the model <c>flowers</c>, of a run of its own.</summary>
    public static async Task<ModelVersion> AddModelVersionAsync(
        this TenantSession session,
        Guid datasetVersion,
        IReadOnlyList<TestPrediction>? predictions = null
    )
    {
        var runId = (await session.StartRunAsync(datasetVersion)).Id;
        var org = await session.OrgIdAsync();
        await using var db = session.App.SystemDatabase();
        var run = await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == runId, Cancel);
        var model = await db.Models.IgnoreTenantFilter().FirstOrDefaultAsync(m => m.OrgId == org, Cancel);
        if (model is null)
            db.Models.Add(
                model = new()
                {
                    OrgId = org,
                    Id = Planted.NewId(),
                    ProjectId = run.ProjectId,
                    Name = Planted.Project,
                    CreatedAt = Planted.Now,
                }
            );
        var number = 1 + await db.ModelVersions.IgnoreTenantFilter().CountAsync(v => v.ModelId == model.Id, Cancel);
        var onnx = Planted.HashOf(Onnx(runId));
        var lines = Encoding.UTF8.GetBytes(
            string.Join('\n', (predictions ?? []).Select(p => JsonSerializer.Serialize(p, RunDirectory.Json)))
        );
        await session.App.Store().PutAsync(ObjectKeys.Content(org, onnx), new MemoryStream(Onnx(runId)), Cancel);
        await session.App.Store().PutAsync(ObjectKeys.Content(org, Planted.HashOf(lines)), new MemoryStream(lines), Cancel);
        var version = new ModelVersion
        {
            OrgId = org,
            Id = Planted.NewId(),
            ModelId = model.Id,
            Number = number,
            RunId = runId,
            DatasetVersionId = datasetVersion,
            Architecture = "mobilenet_v2",
            Manifest = new()
            {
                Model = model.Name,
                Version = number,
                Architecture = "mobilenet_v2",
                Classes = Classes,
                Preprocessing = Preprocessing.ImageNet(224),
                Temperature = 1.25,
                OnnxHash = "sha256:" + onnx,
            },
            Result = Result(onnx),
            OnnxHash = onnx,
            OnnxBytes = Onnx(runId).Length,
            PredictionsHash = Planted.HashOf(lines),
            WeightsHash = onnx,
            CreatedAt = Planted.Now,
        };
        db.ModelVersions.Add(version);
        run.Succeed(version.Result, version.Id, Planted.Now);
        await db.SaveChangesAsync(Cancel);
        return version;
    }

    /// <summary>An evaluation that has ended, on all that the version's split has.</summary>
    public static async Task<Evaluation> AddEvaluationAsync(
        this TenantSession session,
        ModelVersion model,
        Guid datasetVersion,
        IReadOnlyList<TestPrediction> predictions,
        string split = "test",
        string classKey = ""
    )
    {
        var lines = Encoding.UTF8.GetBytes(string.Join('\n', predictions.Select(p => JsonSerializer.Serialize(p, RunDirectory.Json))));
        await session.App.Store().PutAsync(ObjectKeys.Content(model.OrgId, Planted.HashOf(lines)), new MemoryStream(lines), Cancel);
        var evaluation = new Evaluation
        {
            OrgId = model.OrgId,
            Id = Planted.NewId(),
            ModelVersionId = model.Id,
            DatasetVersionId = datasetVersion,
            Split = split,
            ClassKey = classKey,
            CreatedAt = Planted.Now,
            PredictionsHash = Planted.HashOf(lines),
            PredictionsBytes = lines.Length,
            Pictures = predictions.Count,
            Correct = predictions.Count(p => p.Label == p.Predicted),
        };
        await using var db = session.App.SystemDatabase();
        db.Evaluations.Add(evaluation);
        await db.SaveChangesAsync(Cancel);
        return evaluation;
    }

    private static RunResult Result(string onnx) =>
        new()
        {
            TestAccuracy = 0.75,
            IntervalLow = 0.3,
            IntervalHigh = 0.95,
            TestCount = 4,
            ValAccuracy = 0.8,
            BestEpoch = 3,
            SoupEpochs = [3, 5],
            Environments = ["X64 avx2, libtorch 2.7.1, 2 threads"],
            Temperature = 1.25,
            Uncalibrated = new(0.05, 0.01, 0.1, 0.06),
            Calibrated = new(0.02, 0, 0.06, 0.03),
            Confusion =
            [
                [2, 0],
                [1, 1],
            ],
            PerClass = [new("daisy", 2 / 3.0, 1, 0.8, 2), new("rose", 1, 0.5, 2 / 3.0, 2)],
            OnnxHash = onnx,
            OnnxMaxDifference = 1e-6,
            TrainSeconds = 1,
        };
}

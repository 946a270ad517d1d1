using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Runs;
using GpuGeek.Contracts.Sharing;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Sharing;

/// <summary>The part of a run or a model version that is visible to unauthenticated users. It is a separate list, so that new fields of
/// the members' page do not become public by accident. It contains no ids.</summary>
internal static class SharedReader
{
    private const int Points = 500;
    private static readonly string[] Curves = ["train/loss", "val/loss", "train/accuracy", "val/accuracy", "lr"];

    public sealed record Shown(string Project, SharedRunResponse? Run, SharedModelResponse? Model);

    /// <returns>Null: it was deleted.</returns>
    public static async Task<Shown?> RunAsync(GpuGeekDbContext db, Guid id, CancellationToken cancellationToken)
    {
        var row = await (
            from run in db.Runs
            join project in db.Projects on run.ProjectId equals project.Id
            where run.Id == id
            select new
            {
                run,
                Project = project.Name,
                // The dataset was deleted: use the name stored in the run.
                Version = (
                    from version in db.DatasetVersions
                    join dataset in db.Datasets on version.DatasetId equals dataset.Id
                    where version.Id == run.DatasetVersionId
                    select new { dataset.Name, version.Classes }
                ).FirstOrDefault(),
            }
        )
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellationToken);
        if (row is null)
            return null;
        var points = await MetricReader.PointsAsync(db, id, after: 0, Curves, limit: null, cancellationToken);
        var (r, best) = (
            row.run,
            row.run is { BestEpoch: { } epoch, BestValAccuracy: { } accuracy } ? new BestResponse(epoch, accuracy) : null
        );
        return new(
            row.Project,
            new(
                r.Name,
                row.Version?.Name ?? r.DatasetName,
                r.DatasetVersionNumber,
                row.Version?.Classes ?? [.. r.Result?.PerClass.Select(c => c.Name) ?? []],
                r.State.ToString().ToLowerInvariant(),
                r.Progress,
                r.Error?.Title,
                r.Recipe,
                best,
                r.Result is null ? null : Response(r.Result),
                [.. MetricReader.Buckets(points, Points).Select(p => new SharedPoint(p.Name, p.Step, p.Epoch, p.Value))],
                r.CreatedAt,
                r.StartedAt,
                r.FinishedAt
            ),
            null
        );
    }

    /// <returns>Null: it was deleted.</returns>
    public static async Task<Shown?> ModelAsync(GpuGeekDbContext db, Guid id, CancellationToken cancellationToken)
    {
        var row = await (
            from version in db.ModelVersions
            join model in db.Models on version.ModelId equals model.Id
            join project in db.Projects on model.ProjectId equals project.Id
            where version.Id == id
            select new
            {
                version,
                model.Name,
                Project = project.Name,
            }
        )
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellationToken);
        return row?.version is not { } v
            ? null
            : new(
                row.Project,
                null,
                new(
                    row.Name,
                    v.Number,
                    v.Architecture,
                    v.Manifest.Preprocessing.CropSize,
                    v.Manifest.Classes,
                    Response(v.Result),
                    v.CreatedAt
                )
            );
    }

    private static SharedResultResponse Response(RunResult r) =>
        new(
            r.TestAccuracy,
            [r.IntervalLow, r.IntervalHigh],
            r.PerClass.Length == 0 ? 0 : r.PerClass.Average(c => c.F1),
            r.TestCount,
            r.ValAccuracy,
            r.BestEpoch,
            r.Confusion,
            [.. r.PerClass.Select(c => new ClassScoreResponse(c.Name, c.Precision, c.Recall, c.F1, c.Support))]
        );
}

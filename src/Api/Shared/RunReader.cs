using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Reads runs with their cost as responses, for the run routes and the hub.</summary>
internal static class RunReader
{
    public static async Task<List<RunResponse>> ReadAsync(GpuGeekDbContext db, IQueryable<Run> runs, CancellationToken cancellationToken)
    {
        var rows = await (
            from run in runs.AsNoTracking()
            join project in db.Projects on run.ProjectId equals project.Id
            join lease in db.RunLeases on run.Id equals lease.RunId
            select new
            {
                run,
                project.Slug,
                lease.Owner,
                // The current name. Null if the dataset was deleted: then the name stored in the run is used.
                Dataset = (
                    from version in db.DatasetVersions
                    join dataset in db.Datasets on version.DatasetId equals dataset.Id
                    where version.Id == run.DatasetVersionId
                    select dataset.Name
                ).FirstOrDefault(),
            }
        ).ToListAsync(cancellationToken);
        var ids = rows.Select(r => r.run.Id).ToArray();
        var intervals = (await db.UsageIntervals.AsNoTracking().Where(u => ids.Contains(u.RunId)).ToListAsync(cancellationToken)).ToLookup(
            u => u.RunId
        );
        var models = await (
            from v in db.ModelVersions
            join m in db.Models on v.ModelId equals m.Id
            where ids.Contains(v.RunId)
            select new
            {
                v.RunId,
                m.Name,
                v.Number,
            }
        ).ToDictionaryAsync(m => m.RunId, cancellationToken);
        return
        [
            .. rows.OrderByDescending(r => r.run.Id)
                .Select(r =>
                    Response(
                        r.run,
                        r.Slug,
                        r.Dataset,
                        r.Owner,
                        [.. intervals[r.run.Id]],
                        models.GetValueOrDefault(r.run.Id) is { } m ? new ModelVersionRef(m.Name, m.Number) : null
                    )
                ),
        ];
    }

    public static RunResultResponse ToResponse(this RunResult r, IReadOnlyList<string> classes, ModelVersionRef version) =>
        new(
            r.TestAccuracy,
            [r.IntervalLow, r.IntervalHigh],
            r.TestCount,
            r.ValAccuracy,
            r.BestEpoch,
            r.SoupEpochs,
            r.Environments,
            r.Temperature,
            r is { Uncalibrated: { } before, Calibrated: { } after } ? new(ToResponse(before), ToResponse(after)) : null,
            classes,
            r.Confusion,
            [.. r.PerClass.Select(c => new ClassScoreResponse(c.Name, c.Precision, c.Recall, c.F1, c.Support))],
            r.OnnxMaxDifference,
            version
        );

    private static CalibrationErrorResponse ToResponse(CalibrationError error) => new(error.Value, [error.Low, error.High], error.Plain);

    private static RunResponse Response(
        Run run,
        string project,
        string? dataset,
        string? owner,
        List<Domain.Billing.UsageInterval> intervals,
        ModelVersionRef? model
    ) =>
        new(
            run.Id,
            run.Name,
            project,
            run.DatasetVersionId,
            dataset ?? run.DatasetName,
            run.DatasetVersionNumber,
            dataset is null,
            run.State.ToString().ToLowerInvariant(),
            run.Attempt,
            run.Phase,
            run.Progress,
            run.EtaSeconds,
            run.Recipe,
            owner is null ? null : new(owner),
            run is { BestEpoch: { } epoch, BestValAccuracy: { } accuracy } ? new(epoch, accuracy) : null,
            run.Result is { } result && model is not null ? result.ToResponse([.. result.PerClass.Select(c => c.Name)], model) : null,
            run.Error?.ToResponse(),
            intervals.Sum(i => i.ChargedSeconds),
            Money.Of(intervals.Sum(i => i.Cost), intervals.FirstOrDefault()?.Currency ?? "USD"),
            run.LastSeq,
            run.CreatedAt,
            run.StartedAt,
            run.FinishedAt,
            run.RetryUntil,
            run.Device
        );
}

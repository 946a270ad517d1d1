using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

/// <summary>Reads evaluations with their jobs and the pictures they are about. Those of a deleted dataset are not there.</summary>
internal static class EvaluationReader
{
    public static async Task<List<EvaluationResponse>> ReadAsync(
        GpuGeekDbContext db,
        IQueryable<Evaluation> evaluations,
        CancellationToken cancellationToken
    )
    {
        var rows = await (
            from e in evaluations
            join v in db.DatasetVersions on e.DatasetVersionId equals v.Id
            join d in db.Datasets on v.DatasetId equals d.Id
            join j in db.Jobs on e.Id equals j.Id into jobs
            from job in jobs.DefaultIfEmpty()
            orderby e.Id descending
            select new
            {
                Evaluation = e,
                Dataset = d.Id,
                d.Name,
                v.Number,
                Job = job,
                Looks = db
                    .Evaluations.Where(o => o.DatasetVersionId == e.DatasetVersionId && o.Split == e.Split && o.PredictionsHash != null)
                    .Select(o => o.ModelVersionId)
                    .Distinct()
                    .Count(),
            }
        )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => Response(r.Evaluation, r.Dataset, r.Name, r.Number, r.Job, r.Looks));
    }

    public static async Task<EvaluationResponse?> FindAsync(
        GpuGeekDbContext db,
        IQueryable<Evaluation> evaluations,
        CancellationToken cancellationToken
    ) => (await ReadAsync(db, evaluations, cancellationToken)).FirstOrDefault();

    /// <summary>Number of model versions that were evaluated on these pictures.</summary>
    public static Task<int> LooksAsync(GpuGeekDbContext db, Guid datasetVersion, string split, CancellationToken cancellationToken) =>
        db
            .Evaluations.Where(e => e.DatasetVersionId == datasetVersion && e.Split == split && e.PredictionsHash != null)
            .Select(e => e.ModelVersionId)
            .Distinct()
            .CountAsync(cancellationToken);

    private static EvaluationResponse Response(Evaluation e, Guid dataset, string name, int number, Job? job, int looks)
    {
        var isDone = e.PredictionsHash is not null;
        var (low, high) = WilsonInterval.Of(e.Correct, Math.Max(1, e.Pictures));
        return new(
            e.Id,
            dataset,
            name,
            e.DatasetVersionId,
            number,
            e.Split,
            e.Classes,
            JobMapping.Name(isDone ? JobState.Succeeded : job?.State ?? JobState.Failed),
            isDone ? 1 : job?.Progress ?? 0,
            isDone ? null : job?.Error?.ToResponse(),
            e.IsOfRun,
            e.Pictures,
            e.LeftOut,
            isDone ? e.Seen : null,
            isDone ? (double)e.Correct / Math.Max(1, e.Pictures) : null,
            isDone ? [low, high] : null,
            looks,
            e.CreatedAt
        );
    }
}

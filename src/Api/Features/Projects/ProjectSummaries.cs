using GpuGeek.Contracts.Projects;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Projects;

/// <summary>Reads the figures of project cards for many projects at once.</summary>
internal static class ProjectSummaries
{
    private const int Thumbnails = 4;
    private static readonly RunState[] Active = [RunState.Queued, RunState.Starting, RunState.Running, RunState.Canceling];

    public static async Task<Dictionary<Guid, ProjectResponse>> ReadAsync(
        GpuGeekDbContext db,
        string org,
        IReadOnlyCollection<Project> projects,
        CancellationToken cancellationToken
    )
    {
        var ids = projects.Select(p => p.Id).ToArray();
        var images = await (
            from count in db.DatasetCounts
            join dataset in db.Datasets on count.DatasetId equals dataset.Id
            where ids.Contains(dataset.ProjectId) && !count.IsArchived
            group count by dataset.ProjectId into g
            select new { Project = g.Key, Count = g.Sum(c => c.Images) }
        ).ToDictionaryAsync(g => g.Project, g => g.Count, cancellationToken);
        var imports = await (
            from import in db.Imports
            join dataset in db.Datasets on import.DatasetId equals dataset.Id
            where ids.Contains(dataset.ProjectId)
            group import by dataset.ProjectId into g
            select new { Project = g.Key, Last = g.Max(i => i.CreatedAt) }
        ).ToDictionaryAsync(g => g.Project, g => g.Last, cancellationToken);
        var runs = await (
            from run in db.Runs
            where ids.Contains(run.ProjectId)
            select new
            {
                run.ProjectId,
                run.State,
                run.CreatedAt,
                run.FinishedAt,
                run.Result,
            }
        )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var live = await db
            .Deployments.Where(d => ids.Contains(d.ProjectId) && d.State == DeploymentState.Live)
            .GroupBy(d => d.ProjectId)
            .ToDictionaryAsync(g => g.Key, g => g.Count(), cancellationToken);
        var thumbnails = await ThumbnailsAsync(db, org, ids, cancellationToken);
        return projects.ToDictionary(
            p => p.Id,
            p =>
            {
                var own = runs.Where(r => r.ProjectId == p.Id).ToList();
                var last = own.Select(r => r.FinishedAt ?? r.CreatedAt).Append(imports.GetValueOrDefault(p.Id)).Append(p.CreatedAt).Max();
                var accuracies = own.Where(r => r.Result is not null).Select(r => r.Result!.TestAccuracy).ToList();
                return new ProjectResponse(
                    p.Id,
                    p.Slug,
                    p.Name,
                    p.Template,
                    p.CreatedAt,
                    images.GetValueOrDefault(p.Id),
                    own.Count,
                    own.Count(r => Active.Contains(r.State)),
                    accuracies.Count == 0 ? null : accuracies.Max(),
                    live.GetValueOrDefault(p.Id),
                    last,
                    thumbnails.GetValueOrDefault(p.Id, [])
                );
            }
        );
    }

    private static async Task<Dictionary<Guid, List<string>>> ThumbnailsAsync(
        GpuGeekDbContext db,
        string org,
        Guid[] projects,
        CancellationToken cancellationToken
    )
    {
        var result = new Dictionary<Guid, List<string>>();
        foreach (var project in projects)
        {
            // One picture from each of the first classes shows more than four from one class.
            var classes = await (
                from c in db.DatasetClasses
                join dataset in db.Datasets on c.DatasetId equals dataset.Id
                where dataset.ProjectId == project
                orderby c.Name
                select c.Id
            )
                .Take(Thumbnails)
                .ToListAsync(cancellationToken);
            var shown = new List<string>(Thumbnails);
            foreach (var label in classes)
                // By itself: for all of them at once PostgreSQL would sort all pictures.
                if (await FirstOfAsync(db, label, cancellationToken) is { } image)
                    shown.Add($"/api/v1/orgs/{org}/datasets/{image.DatasetId}/images/{image.Id}/thumbnail");
            result[project] = shown;
        }
        return result;
    }

    private static Task<DatasetImage?> FirstOfAsync(GpuGeekDbContext db, Guid label, CancellationToken cancellationToken) =>
        db
            .DatasetImages.AsNoTracking()
            .Where(i => i.ClassId == label && !i.IsArchived)
            .OrderBy(i => i.Id)
            .FirstOrDefaultAsync(cancellationToken);
}

using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Http.Audit;

/// <summary>Finds the project that a request path belongs to, for the project's activity.</summary>
internal static class AuditProjects
{
    /// <param name="target">Path within the organisation, such as <c>runs/0199…/cancel</c>.</param>
    /// <returns>Null: it belongs to no project, or does not exist.</returns>
    public static async Task<Guid?> FindAsync(GpuGeekDbContext db, string target, CancellationToken cancellationToken)
    {
        if (target.Split('/') is not [var kind, { Length: > 0 } key, ..])
            return null;
        var id = Guid.TryParse(key, out var parsed) ? parsed : Guid.Empty;
        IQueryable<Guid>? projects = kind switch
        {
            "projects" => db.Projects.Where(p => p.Slug == key).Select(p => p.Id),
            "datasets" => db.Datasets.Where(d => d.Id == id).Select(d => d.ProjectId),
            "runs" => db.Runs.Where(r => r.Id == id).Select(r => r.ProjectId),
            "models" => db.Models.Where(m => m.Name == key).Select(m => m.ProjectId),
            "deployments" => db.Deployments.Where(d => d.Name == key).Select(d => d.ProjectId),
            "deletions" => db
                .Projects.IncludeDeleted()
                .Where(p =>
                    db.Deletions.Any(d =>
                        d.Id == id && (d.TargetId == p.Id || db.Datasets.Any(s => s.Id == d.TargetId && s.ProjectId == p.Id))
                    )
                )
                .Select(p => p.Id),
            "weights" => db.UploadedWeights.Where(w => w.Id == id).Select(w => w.ProjectId),
            "jobs" => db.Jobs.Where(j => j.Id == id && j.ProjectId != null).Select(j => j.ProjectId!.Value),
            "comments" => db.Comments.Where(c => c.Id == id).Select(c => c.ProjectId),
            _ => null,
        };
        return projects is null ? null : await projects.Select(p => (Guid?)p).FirstOrDefaultAsync(cancellationToken);
    }
}

using GpuGeek.Domain.Comments;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Shared;

internal static class VisibleComments
{
    /// <summary>Comments on existing subjects: a deleted subject hides its comments until it is restored.</summary>
    public static IQueryable<Comment> Of(GpuGeekDbContext db) =>
        db.Comments.Where(c =>
            db.Projects.Any(p => p.Id == c.ProjectId)
            && (c.RunId == null || db.Runs.Any(r => r.Id == c.RunId))
            && (
                c.DatasetVersionId == null
                || db.DatasetVersions.Any(v => v.Id == c.DatasetVersionId && db.Datasets.Any(d => d.Id == v.DatasetId))
            )
            && (c.ModelVersionId == null || db.ModelVersions.Any(v => v.Id == c.ModelVersionId && db.Models.Any(m => m.Id == v.ModelId)))
        );
}

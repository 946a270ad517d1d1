using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Deletions;

/// <summary>Rows that are deleted with a dataset, a project or the whole organisation, as far as they are visible by themselves:
/// pictures, versions, curves and logs are reached through them.</summary>
/// <param name="Canceled">Active runs that must stop: those that are deleted, and those that train on a deleted dataset.</param>
internal sealed record DeletionScope(
    DeletionKind Kind,
    Guid Target,
    string Name,
    IQueryable<Project> Projects,
    IQueryable<Dataset> Datasets,
    IQueryable<Run> Runs,
    IQueryable<Model> Models,
    IQueryable<Deployment> Deployments,
    IQueryable<Run> Canceled
)
{
    private static readonly RunState[] Over = [RunState.Canceled, RunState.Succeeded, RunState.Failed];

    public static DeletionScope Of(GpuGeekDbContext db, Dataset dataset) =>
        new(
            DeletionKind.Dataset,
            dataset.Id,
            dataset.Name,
            db.Projects.Where(p => false),
            db.Datasets.Where(d => d.Id == dataset.Id),
            db.Runs.Where(r => false),
            db.Models.Where(m => false),
            db.Deployments.Where(d => false),
            Active(LearnedFrom(db, dataset.Id))
        );

    public static DeletionScope Of(GpuGeekDbContext db, Project project)
    {
        var runs = db.Runs.Where(r => r.ProjectId == project.Id);
        return new(
            DeletionKind.Project,
            project.Id,
            project.Name,
            db.Projects.Where(p => p.Id == project.Id),
            db.Datasets.Where(d => d.ProjectId == project.Id),
            runs,
            db.Models.Where(m => m.ProjectId == project.Id),
            Serving(db, project.Id),
            Active(runs)
        );
    }

    public static DeletionScope OfOrganization(GpuGeekDbContext db, Guid org, string name) =>
        new(DeletionKind.Organization, org, name, db.Projects, db.Datasets, db.Runs, db.Models, db.Deployments, Active(db.Runs));

    public static IQueryable<Run> LearnedFrom(GpuGeekDbContext db, Guid dataset) =>
        db.Runs.Where(r => db.DatasetVersions.Any(v => v.Id == r.DatasetVersionId && v.DatasetId == dataset));

    public IQueryable<Import> Imports(GpuGeekDbContext db) => db.Imports.Where(i => Datasets.Any(d => d.Id == i.DatasetId));

    /// <summary>Imports into the datasets that have not ended.</summary>
    public IQueryable<Import> ActiveImports(GpuGeekDbContext db) =>
        Imports(db)
            .Where(i =>
                i.State == UploadState.Uploading
                || (i.State == UploadState.Received && db.Jobs.Any(j => j.Id == i.Id && j.FinishedAt == null))
            );

    /// <summary>Jobs in the projects and datasets that have not ended.</summary>
    public IQueryable<Job> ActiveJobs(GpuGeekDbContext db) =>
        db.Jobs.Where(j => j.FinishedAt == null && (Datasets.Any(d => d.Id == j.DatasetId) || Projects.Any(p => p.Id == j.ProjectId)));

    // An endpoint of another project may serve a model of this one; it would have nothing to serve.
    private static IQueryable<Deployment> Serving(GpuGeekDbContext db, Guid project) =>
        db.Deployments.Where(d =>
            d.ProjectId == project
            || db.ModelVersions.Any(v =>
                (v.Id == d.ModelVersionId || v.Id == d.LiveVersionId) && db.Models.Any(m => m.Id == v.ModelId && m.ProjectId == project)
            )
        );

    private static IQueryable<Run> Active(IQueryable<Run> runs) => runs.Where(r => !Over.Contains(r.State));
}

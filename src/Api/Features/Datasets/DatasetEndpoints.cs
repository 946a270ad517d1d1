using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class DatasetEndpoints
{
    public static void MapDatasets(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/datasets").WithTags("Datasets").AddEndpointFilter<RouteGroupBuilder, DatasetFilter>();
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("ListDatasets");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).Idempotent().WithName("CreateDataset");
        group.MapGet("/{dataset:guid}", GetAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetDataset");
        group.MapGet("/{dataset:guid}/stats", StatsAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetDatasetStats");
        group.MapPatch("/{dataset:guid}", UpdateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("UpdateDataset");
        ImportEndpoints.Map(group);
        UploadEndpoint.Map(group);
        ResumableUploads.Map(group);
        ImageEndpoints.Map(group);
        ImageEditEndpoints.Map(group);
        ClassEndpoints.Map(group);
        VersionEndpoints.Map(group);
        VersionArchiveEndpoints.Map(group);
        VersionChangeEndpoints.Map(group);
        VersionRestoreEndpoint.Map(group);
        ImportReviewEndpoints.Map(group);
        LabelsEndpoint.Map(group);
        routes.MapArchives();
        AugmentationEndpoint.Map(group);
    }

    /// <summary>List the datasets of a project, newest first</summary>
    private static async Task<Ok<Page<DatasetResponse>>> ListAsync(
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? project = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await Responses(db, db.Datasets.Where(d => last == null || d.Id < last), project)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, d => d.Id.ToString(), d => d));
    }

    /// <summary>Create an empty dataset; pictures are imported afterwards</summary>
    private static async Task<Results<Created<DatasetResponse>, ProblemHttpResult>> CreateAsync(
        CreateDatasetRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await db.Projects.FirstOrDefaultAsync(p => p.Slug == request.Project, cancellationToken) is not { } project)
            return Problems.Impossible("unknown_project", $"There is no project '{request.Project}'.", "GET …/projects lists them.");
        var name = request.Name.Trim();
        if (await db.Datasets.AnyAsync(d => d.ProjectId == project.Id && d.Name == name, cancellationToken))
            return NameTaken(name);
        var dataset = new Dataset
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            ProjectId = project.Id,
            Name = name,
            CreatedAt = clock.GetUtcNow(),
        };
        db.Datasets.Add(dataset);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created(
            $"/api/v1/orgs/{tenant.Slug}/datasets/{dataset.Id}",
            new DatasetResponse(dataset.Id, project.Slug, dataset.Name, 0, 0, 0, 0, dataset.CreatedAt)
        );
    }

    /// <summary>Get a dataset</summary>
    private static async Task<Results<Ok<DatasetResponse>, ProblemHttpResult>> GetAsync(
        Guid dataset,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await Responses(db, db.Datasets.Where(d => d.Id == dataset), null).FirstOrDefaultAsync(cancellationToken) is { } response
            ? TypedResults.Ok(response)
            : Problems.NotFound();

    /// <summary>Rename a dataset</summary>
    private static async Task<Results<Ok<DatasetResponse>, ProblemHttpResult>> UpdateAsync(
        Guid dataset,
        UpdateDatasetRequest request,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await db.Datasets.FirstOrDefaultAsync(d => d.Id == dataset, cancellationToken) is not { } row)
            return Problems.NotFound();
        var name = request.Name?.Trim() ?? row.Name;
        if (await db.Datasets.AnyAsync(d => d.ProjectId == row.ProjectId && d.Name == name && d.Id != dataset, cancellationToken))
            return NameTaken(name);
        row.Name = name;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(await Responses(db, db.Datasets.Where(d => d.Id == dataset), null).SingleAsync(cancellationToken));
    }

    /// <summary>Get the number of pictures per class and per split</summary>
    private static async Task<Results<Ok<DatasetStatsResponse>, ProblemHttpResult>> StatsAsync(
        Guid dataset,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        // One statement, and before the classes: every page that is open asks for it every two seconds.
        var counts = await db
            .DatasetCounts.Where(c => c.DatasetId == dataset)
            .GroupBy(c => new
            {
                c.ClassId,
                c.Split,
                c.IsArchived,
            })
            .Select(g => new
            {
                g.Key,
                Images = g.Sum(c => c.Images),
                Bytes = g.Sum(c => c.Bytes),
                Stamp = g.Max(c => c.Id),
            })
            .ToListAsync(cancellationToken);
        var names = await db
            .DatasetClasses.Where(c => c.DatasetId == dataset)
            .OrderBy(c => c.Name)
            .Select(c => new { c.Id, c.Name })
            .ToListAsync(cancellationToken);
        var current = counts.Where(c => !c.Key.IsArchived).ToList();
        var byClass = current.ToLookup(c => c.Key.ClassId, c => c.Images);
        var unlabelled = byClass[null].Sum();
        ClassCount[] classes = [.. names.Select(c => new ClassCount(c.Name, byClass[c.Id].Sum()))];
        var splits = current
            .GroupBy(c => c.Key.Split ?? "none")
            .Select(g => (Split: g.Key, Count: g.Sum(c => c.Images)))
            .Where(g => g.Count > 0)
            .ToDictionary(g => g.Split, g => g.Count);
        return TypedResults.Ok(
            new DatasetStatsResponse(classes.Sum(c => c.Count) + unlabelled, counts.Sum(c => c.Bytes), classes, splits)
            {
                Stamp = counts.Select(c => c.Stamp).DefaultIfEmpty().Max(),
                Unlabelled = unlabelled,
                Archived = counts.Where(c => c.Key.IsArchived).Sum(c => c.Images),
            }
        );
    }

    private static ProblemHttpResult NameTaken(string name) =>
        Problems.Conflict("name_taken", $"The project already has a dataset named '{name}'.", "Choose another name.");

    private static IQueryable<DatasetResponse> Responses(GpuGeekDbContext db, IQueryable<Dataset> datasets, string? project) =>
        from dataset in datasets
        join p in db.Projects on dataset.ProjectId equals p.Id
        where project == null || p.Slug == project
        orderby dataset.Id descending
        select new DatasetResponse(
            dataset.Id,
            p.Slug,
            dataset.Name,
            db.DatasetCounts.Where(c => c.DatasetId == dataset.Id && !c.IsArchived).Sum(c => c.Images),
            db.DatasetClasses.Count(c => c.DatasetId == dataset.Id),
            db.DatasetCounts.Where(c => c.DatasetId == dataset.Id).Sum(c => c.Bytes),
            db.DatasetVersions.Count(v => v.DatasetId == dataset.Id),
            dataset.CreatedAt
        );
}

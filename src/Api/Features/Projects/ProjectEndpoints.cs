using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Projects;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Projects;

internal static class ProjectEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/projects").WithTags("Projects");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("ListProjects");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).Idempotent().WithName("CreateProject");
        group.MapGet("/{project}", GetAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetProject");
        group.MapPatch("/{project}", UpdateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("UpdateProject");
    }

    /// <summary>List the organisation's projects, newest first</summary>
    private static async Task<Ok<Page<ProjectResponse>>> ListAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await db
            .Projects.AsNoTracking()
            .Where(p => last == null || p.Id < last)
            .OrderByDescending(p => p.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var responses = await ProjectSummaries.ReadAsync(db, tenant.Slug, rows, cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, p => p.Id.ToString(), p => responses[p.Id]));
    }

    /// <summary>Create a project</summary>
    private static async Task<Results<Created<ProjectResponse>, ProblemHttpResult>> CreateAsync(
        CreateProjectRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (request.Template != Project.ImageClassification)
            return Problems.Impossible(
                "unknown_template",
                $"There is no template '{request.Template}'.",
                $"Use '{Project.ImageClassification}'."
            );
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        await PlanGate.CheckProjectAsync(db, tenant.OrgId, cancellationToken);
        var now = clock.GetUtcNow();
        var project = new Project
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            Slug = await FreeSlugAsync(db, request.Name, cancellationToken),
            Name = request.Name.Trim(),
            Template = request.Template,
            CreatedAt = now,
        };
        db.Projects.Add(project);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created(
            $"/api/v1/orgs/{tenant.Slug}/projects/{project.Slug}",
            await ReadAsync(db, tenant, project, cancellationToken)
        );
    }

    /// <summary>Get a project</summary>
    private static async Task<Results<Ok<ProjectResponse>, ProblemHttpResult>> GetAsync(
        string project,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Slug == project, cancellationToken) is { } row
            ? TypedResults.Ok(await ReadAsync(db, tenant, row, cancellationToken))
            : Problems.NotFound();

    /// <summary>Rename a project; its slug does not change</summary>
    private static async Task<Results<Ok<ProjectResponse>, ProblemHttpResult>> UpdateAsync(
        string project,
        UpdateProjectRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await db.Projects.FirstOrDefaultAsync(p => p.Slug == project, cancellationToken) is not { } row)
            return Problems.NotFound();
        row.Name = request.Name?.Trim() ?? row.Name;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(await ReadAsync(db, tenant, row, cancellationToken));
    }

    private static async Task<ProjectResponse> ReadAsync(
        GpuGeekDbContext db,
        Tenant tenant,
        Project project,
        CancellationToken cancellationToken
    ) => (await ProjectSummaries.ReadAsync(db, tenant.Slug, [project], cancellationToken))[project.Id];

    private static async Task<string> FreeSlugAsync(GpuGeekDbContext db, string name, CancellationToken cancellationToken)
    {
        var basis = Slug.From(name, "project");
        var taken = await db.Projects.Where(p => p.Slug.StartsWith(basis)).Select(p => p.Slug).ToListAsync(cancellationToken);
        var slug = basis;
        for (var i = 2; Project.IsReserved(slug) || taken.Contains(slug); i++)
            slug = Slug.Numbered(basis, i);
        return slug;
    }
}

using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Deployments;

internal static class DeploymentEndpoints
{
    public static void MapDeployments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/deployments").WithTags("Deployments");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.DeploymentsRead).WithName("ListDeployments");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.DeploymentsWrite).Idempotent().WithName("CreateDeployment");
        group.MapGet("/{name}", GetAsync).Needs(Role.Viewer, Scopes.DeploymentsRead).WithName("GetDeployment");
        group.MapPatch("/{name}", UpdateAsync).Needs(Role.Editor, Scopes.DeploymentsWrite).WithName("UpdateDeployment");
        group.MapDelete("/{name}", DeleteAsync).Needs(Role.Editor, Scopes.DeploymentsWrite).WithName("DeleteDeployment");
        PredictEndpoint.Map(group);
    }

    /// <summary>List deployments, newest first; <c>?project=</c> filters</summary>
    private static async Task<Ok<Page<DeploymentResponse>>> ListAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        IOptions<ApiOptions> options,
        CancellationToken cancellationToken,
        string? project = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await ReadAsync(
            db,
            db.Deployments.Where(d =>
                    (last == null || d.Id < last) && (project == null || db.Projects.Any(p => p.Id == d.ProjectId && p.Slug == project))
                )
                .OrderByDescending(d => d.Id)
                .Take(size + 1),
            tenant,
            options.Value,
            cancellationToken
        );
        return TypedResults.Ok(Paging.Of(rows, size, d => d.Id.ToString(), d => d));
    }

    /// <summary>Host a model version</summary>
    private static async Task<Results<Accepted<DeploymentResponse>, ProblemHttpResult>> CreateAsync(
        CreateDeploymentRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        ILiveNotifier live,
        PredictorPool pool,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        if (await db.Projects.FirstOrDefaultAsync(p => p.Slug == request.Project, cancellationToken) is not { } project)
            return Problems.Impossible("unknown_project", $"There is no project '{request.Project}'.", "GET …/projects lists them.");
        if ((request.Version is null) == (request.Alias is null))
            return VersionUnclear;
        var (version, unknown) = await ServedAsync(db, tenant, request.Model, request.Version, request.Alias, cancellationToken);
        if (version is null)
            return unknown!;
        if (await db.Deployments.AnyAsync(d => d.Name == request.Name, cancellationToken))
            return Problems.Conflict(
                "name_taken",
                $"A deployment named '{request.Name}' already exists.",
                "Choose another name, or change that deployment to the new version with PATCH."
            );
        var replicas = request.Replicas ?? 1;
        if (TooManyReplicas(replicas, pool) is { } tooMany)
            return tooMany;
        await PlanGate.CheckDeploymentAsync(db, tenant.OrgId, replicas, cancellationToken);
        var now = clock.GetUtcNow();
        var deployment = new Deployment
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ProjectId = project.Id,
            Name = request.Name,
            Alias = request.Alias,
            ModelVersionId = version.Id,
            Replicas = replicas,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Deployments.Add(deployment);
        await db.SaveChangesAsync(cancellationToken);
        change.AfterCommit(() => live.DeploymentChangedAsync(tenant.OrgId, deployment.Id));
        return TypedResults.Accepted(
            $"/api/v1/orgs/{tenant.Slug}/deployments/{deployment.Name}",
            await ReadOneAsync(db, request.Name, tenant, options.Value, cancellationToken)
        );
    }

    /// <summary>Get a deployment; <c>?wait=30</c> waits until it is live or has failed</summary>
    private static async Task<Results<Ok<DeploymentResponse>, ProblemHttpResult>> GetAsync(
        string name,
        Tenant tenant,
        GpuGeekDbContext db,
        LongPoll poll,
        IOptions<ApiOptions> options,
        CancellationToken cancellationToken,
        int? wait = null
    ) =>
        await poll.UntilAsync(
            wait,
            Guid.Empty,
            token => ReadOneAsync(db, name, tenant, options.Value, token),
            d => d.State != "starting",
            cancellationToken
        )
            is { } response
            ? TypedResults.Ok(response)
            : Problems.NotFound();

    /// <summary>Switch to another version or number of replicas; the previous version answers until the new one is loaded</summary>
    private static async Task<Results<Accepted<DeploymentResponse>, ProblemHttpResult>> UpdateAsync(
        string name,
        UpdateDeploymentRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        ILiveNotifier live,
        PredictorPool pool,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (request is { Version: not null, Alias: not null })
            return VersionUnclear;
        if (await ModelOfAsync(db, name, cancellationToken) is not { } current)
            return Problems.NotFound();
        // Before the deployment's row, as who moves an alias does.
        var (followed, none) = request.Alias is { } alias
            ? await ServedAsync(db, tenant, request.Model ?? current, null, alias, cancellationToken)
            : default;
        if (none is not null)
            return none;
        // The reconciler also writes the row. That is no reason to refuse this change, so it waits for the row lock.
        await db.Database.ExecuteSqlAsync(
            $"SELECT 1 FROM deployments WHERE org_id = {tenant.OrgId} AND name = {name} FOR UPDATE",
            cancellationToken
        );
        if (await db.Deployments.FirstOrDefaultAsync(d => d.Name == name, cancellationToken) is not { } deployment)
            return Problems.NotFound();
        var now = await db.ModelVersions.SingleAsync(v => v.Id == deployment.ModelVersionId, cancellationToken);
        var model = request.Model ?? await db.Models.Where(m => m.Id == now.ModelId).Select(m => m.Name).SingleAsync(cancellationToken);
        var (version, unknown) = followed is null
            ? await ServedAsync(db, tenant, model, request.Version ?? now.Number, null, cancellationToken)
            : (followed, null);
        if (version is null)
            return unknown!;
        // Who names a version, or another model, does not mean the alias any more.
        deployment.Alias = request.Alias ?? (request.Version is null && version.ModelId == now.ModelId ? deployment.Alias : null);
        if (request.Replicas is { } replicas && replicas != deployment.Replicas)
        {
            if (TooManyReplicas(replicas, pool) is { } tooMany)
                return tooMany;
            await PlanGate.CheckDeploymentAsync(db, tenant.OrgId, replicas - deployment.Replicas, cancellationToken);
            deployment.Replicas = replicas;
        }
        deployment.ModelVersionId = version.Id;
        deployment.State = DeploymentState.Starting;
        deployment.Error = null;
        deployment.UpdatedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        change.AfterCommit(() => live.DeploymentChangedAsync(tenant.OrgId, deployment.Id));
        return TypedResults.Accepted(
            $"/api/v1/orgs/{tenant.Slug}/deployments/{name}",
            await ReadOneAsync(db, name, tenant, options.Value, cancellationToken)
        );
    }

    /// <summary>Stop hosting; requests in flight are completed</summary>
    private static async Task<NoContent> DeleteAsync(
        string name,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        ILiveNotifier live,
        CancellationToken cancellationToken
    )
    {
        var id = await db.Deployments.Where(d => d.Name == name).Select(d => (Guid?)d.Id).FirstOrDefaultAsync(cancellationToken);
        if (id is null || await db.Deployments.Where(d => d.Id == id).ExecuteDeleteAsync(cancellationToken) == 0)
            change.NoChange();
        else
            change.AfterCommit(() => live.DeploymentChangedAsync(tenant.OrgId, id));
        return TypedResults.NoContent();
    }

    /// <summary>The version with that number, or the one that the alias means.</summary>
    private static async Task<(ModelVersion? Version, ProblemHttpResult? Unknown)> ServedAsync(
        GpuGeekDbContext db,
        Tenant tenant,
        string model,
        int? number,
        string? alias,
        CancellationToken cancellationToken
    )
    {
        if (alias is not null)
            return await AliasLookup.FollowAsync(db, tenant.OrgId, model, alias, cancellationToken) is { } meant
                ? (meant, null)
                : (
                    null,
                    Problems.Impossible(
                        "unknown_alias",
                        $"The model '{model}' has no alias '{alias}'.",
                        "GET …/models/{model}/aliases lists them; PUT …/models/{model}/aliases/{alias} sets one."
                    )
                );
        var version = await (
            from v in db.ModelVersions
            join m in db.Models on v.ModelId equals m.Id
            where m.Name == model && v.Number == number
            select v
        ).FirstOrDefaultAsync(cancellationToken);
        return version is null ? (null, UnknownVersion(model, number!.Value)) : (version, null);
    }

    private static Task<string?> ModelOfAsync(GpuGeekDbContext db, string deployment, CancellationToken cancellationToken) =>
        (
            from d in db.Deployments
            join v in db.ModelVersions on d.ModelVersionId equals v.Id
            join m in db.Models on v.ModelId equals m.Id
            where d.Name == deployment
            select m.Name
        ).FirstOrDefaultAsync(cancellationToken);

    private static ProblemHttpResult VersionUnclear =>
        Problems.Impossible(
            "version_unclear",
            "Send either 'version' or 'alias'.",
            "With an alias, the deployment switches when the alias moves."
        );

    private static ProblemHttpResult? TooManyReplicas(int replicas, PredictorPool pool) =>
        replicas <= pool.All.Count
            ? null
            : Problems.Impossible(
                "too_many_replicas",
                $"{replicas} replicas need {replicas} predictors, but this installation has {pool.All.Count}.",
                pool.All.Count == 1 ? "Ask for 1 replica, or ask the operator for more predictors." : $"Ask for 1 to {pool.All.Count}."
            );

    private static ProblemHttpResult UnknownVersion(string model, int number) =>
        Problems.Impossible(
            "unknown_model_version",
            $"The model '{model}' has no version {number}.",
            "GET …/models/{model}/versions lists them."
        );

    private static async Task<DeploymentResponse?> ReadOneAsync(
        GpuGeekDbContext db,
        string name,
        Tenant tenant,
        ApiOptions options,
        CancellationToken cancellationToken
    ) => (await ReadAsync(db, db.Deployments.Where(d => d.Name == name), tenant, options, cancellationToken)).FirstOrDefault();

    private static async Task<List<DeploymentResponse>> ReadAsync(
        GpuGeekDbContext db,
        IQueryable<Deployment> deployments,
        Tenant tenant,
        ApiOptions options,
        CancellationToken cancellationToken
    )
    {
        var rows = await (
            from d in deployments.AsNoTracking()
            join p in db.Projects on d.ProjectId equals p.Id
            join v in db.ModelVersions on d.ModelVersionId equals v.Id
            join m in db.Models on v.ModelId equals m.Id
            select new
            {
                d,
                Project = p.Slug,
                Model = m.Name,
                Version = v,
                Live = db.ModelVersions.Where(l => l.Id == d.LiveVersionId).Select(l => (int?)l.Number).FirstOrDefault(),
            }
        ).ToListAsync(cancellationToken);
        return
        [
            .. rows.OrderByDescending(r => r.d.Id)
                .Select(r => new DeploymentResponse(
                    r.d.Id,
                    r.d.Name,
                    r.Project,
                    r.Model,
                    r.Version.Number,
                    r.Live,
                    r.d.State.ToString().ToLowerInvariant(),
                    r.d.Replicas,
                    r.d.LoadedOn.Length,
                    r.d.Error?.ToResponse(),
                    $"{options.PublicUrl}/api/v1/orgs/{tenant.Slug}/deployments/{r.d.Name}/predict",
                    r.Version.Manifest.Classes,
                    r.Version.Manifest.Preprocessing.CropSize,
                    r.d.CreatedAt,
                    r.d.UpdatedAt,
                    r.d.Alias
                )),
        ];
    }
}

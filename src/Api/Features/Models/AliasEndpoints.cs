using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

/// <summary>Names of versions that can be moved, such as <c>production</c>, with the deployments that follow them.</summary>
internal static class AliasEndpoints
{
    public static void Map(RouteGroupBuilder models)
    {
        var group = models.MapGroup("/{model}/aliases").WithTags("Models");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("ListAliases");
        group.MapPut("/{alias}", SetAsync).Needs(Role.Editor, Scopes.ModelsWrite).WithName("SetAlias");
        group.MapDelete("/{alias}", DeleteAsync).Needs(Role.Editor, Scopes.ModelsWrite).WithName("DeleteAlias");
    }

    /// <summary>List the aliases of a model</summary>
    private static async Task<Results<Ok<Page<AliasResponse>>, ProblemHttpResult>> ListAsync(
        string model,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.Models.AsNoTracking().FirstOrDefaultAsync(m => m.Name == model, cancellationToken) is { } row
            ? TypedResults.Ok(new Page<AliasResponse>(await ReadAsync(db, row.Id, cancellationToken), null))
            : Problems.NotFound();

    /// <summary>Set an alias to a version, or move it there</summary>
    /// <remarks>Deployments that follow the alias switch to the version without interruption: the previous one answers until the new one is
    /// loaded. An alias has a-z, 0-9 and single hyphens, at most 63 characters.</remarks>
    private static async Task<Results<Ok<AliasResponse>, ProblemHttpResult>> SetAsync(
        string model,
        string alias,
        SetAliasRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!Slug.IsValid(alias))
            return Problems.Impossible("invalid_alias", $"'{alias}' cannot be an alias.", "Use a-z, 0-9 and single hyphens.");
        if (await LockAsync(db, tenant.OrgId, model, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (await ModelEndpoints.FindAsync(db, model, request.Version, cancellationToken) is not { } version)
            return Problems.Impossible(
                "unknown_model_version",
                $"The model '{model}' has no version {request.Version}.",
                "GET …/models/{model}/versions lists them."
            );
        var aliases = await db.ModelAliases.Where(a => a.ModelId == row.Id).ToListAsync(cancellationToken);
        var known = aliases.Find(a => a.Name == alias);
        if (known?.ModelVersionId == version.Id)
        {
            change.NoChange();
            return TypedResults.Ok((await ReadAsync(db, row.Id, cancellationToken)).Single(a => a.Name == alias));
        }
        // Otherwise a key that may not touch deployments would decide what they serve.
        if (
            tenant.Caller.IsKey
            && !tenant.Caller.Scopes.Contains(Scopes.DeploymentsWrite)
            && await Following(db, row.Id, alias).AnyAsync(cancellationToken)
        )
            return Problems.Forbidden(
                "scope_missing",
                $"Deployments follow the alias '{alias}', and the key lacks the scope '{Scopes.DeploymentsWrite}'.",
                "Create a key with that scope."
            );
        if (known is null && aliases.Count >= ModelAlias.MaxPerModel)
            return Problems.Impossible(
                "too_many_aliases",
                $"A model has at most {ModelAlias.MaxPerModel} aliases.",
                "Delete one that is no longer needed."
            );
        var now = clock.GetUtcNow();
        if (known is null)
            db.ModelAliases.Add(
                known = new()
                {
                    OrgId = tenant.OrgId,
                    Id = Guid.CreateVersion7(now),
                    ModelId = row.Id,
                    Name = alias,
                    ModelVersionId = version.Id,
                    SetAt = now,
                }
            );
        (known.ModelVersionId, known.SetBy, known.SetAt) = (version.Id, tenant.UserId, now);
        await db.SaveChangesAsync(cancellationToken);
        if (await SwitchAsync(db, row.Id, alias, version.Id, now, cancellationToken) > 0)
            change.AfterCommit(() => live.DeploymentChangedAsync(tenant.OrgId, null));
        return TypedResults.Ok((await ReadAsync(db, row.Id, cancellationToken)).Single(a => a.Name == alias));
    }

    /// <summary>Delete an alias that no deployment follows</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string model,
        string alias,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await LockAsync(db, tenant.OrgId, model, cancellationToken) is not { } row)
            return Problems.NotFound();
        if ((await ReadAsync(db, row.Id, cancellationToken)).FirstOrDefault(a => a.Name == alias) is not { } found)
            return Problems.NotFound();
        if (found.Deployments.Count > 0)
            return Problems.Conflict(
                "alias_in_use",
                $"Deployments follow the alias '{alias}': {string.Join(", ", found.Deployments)}.",
                "Set their version first: PATCH …/deployments/{name}."
            );
        await db.ModelAliases.Where(a => a.ModelId == row.Id && a.Name == alias).ExecuteDeleteAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static Task<int> SwitchAsync(
        GpuGeekDbContext db,
        Guid model,
        string alias,
        Guid version,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        Following(db, model, alias)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(d => d.ModelVersionId, version)
                        .SetProperty(d => d.State, DeploymentState.Starting)
                        .SetProperty(d => d.Error, (Failure?)null)
                        .SetProperty(d => d.UpdatedAt, now),
                cancellationToken
            );

    private static IQueryable<Deployment> Following(GpuGeekDbContext db, Guid model, string alias) =>
        db.Deployments.Where(d => d.Alias == alias && db.ModelVersions.Any(v => v.Id == d.ModelVersionId && v.ModelId == model));

    /// <summary>Two that move an alias wait for each other; also who makes a deployment follow it waits.</summary>
    private static async Task<Model?> LockAsync(GpuGeekDbContext db, Guid org, string model, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync(
            $"SELECT 1 FROM models WHERE org_id = {org} AND name = {model} AND deletion_id IS NULL FOR NO KEY UPDATE",
            cancellationToken
        );
        return await db.Models.AsNoTracking().FirstOrDefaultAsync(m => m.Name == model, cancellationToken);
    }

    private static async Task<List<AliasResponse>> ReadAsync(GpuGeekDbContext db, Guid model, CancellationToken cancellationToken)
    {
        var rows = await (
            from a in db.ModelAliases
            join v in db.ModelVersions on a.ModelVersionId equals v.Id
            where a.ModelId == model
            orderby a.Name
            select new { Alias = a, v.Number }
        )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var followers = await (
            from d in db.Deployments
            join v in db.ModelVersions on d.ModelVersionId equals v.Id
            where v.ModelId == model && d.Alias != null
            orderby d.Name
            select new { d.Alias, d.Name }
        ).ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new AliasResponse(
            r.Alias.Name,
            r.Number,
            [.. followers.Where(f => f.Alias == r.Alias.Name).Select(f => f.Name)],
            r.Alias.SetAt
        ));
    }
}

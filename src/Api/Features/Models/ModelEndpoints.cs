using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/models").WithTags("Models");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("ListModels");
        group.MapGet("/{model}/versions", ListVersionsAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("ListModelVersions");
        group.MapGet("/{model}/versions/{version:int}", GetVersionAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("GetModelVersion");
        AliasEndpoints.Map(group);
        EvaluationEndpoints.Map(group);
        FigureEndpoints.Map(group);
        ThresholdEndpoint.Map(group);
        ModelCardEndpoint.Map(group);
        ModelFileEndpoints.Map(group);
    }

    /// <summary>List models, newest first; <c>?project=</c> filters</summary>
    private static async Task<Ok<Page<ModelResponse>>> ListAsync(
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? project = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await (
            from model in db.Models
            join p in db.Projects on model.ProjectId equals p.Id
            where (last == null || model.Id < last) && (project == null || p.Slug == project)
            orderby model.Id descending
            select new
            {
                model,
                p.Slug,
                Latest = db.ModelVersions.Where(v => v.ModelId == model.Id).OrderByDescending(v => v.Number).FirstOrDefault(),
            }
        )
            .AsNoTracking()
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(
            Paging.Of(
                rows,
                size,
                r => r.model.Id.ToString(),
                r => new ModelResponse(
                    r.model.Id,
                    r.model.Name,
                    r.Slug,
                    r.Latest?.Number ?? 0,
                    r.Latest?.Result.TestAccuracy ?? 0,
                    r.model.CreatedAt
                )
            )
        );
    }

    /// <summary>List the versions of a model, newest first</summary>
    private static async Task<Results<Ok<Page<ModelVersionResponse>>, ProblemHttpResult>> ListVersionsAsync(
        string model,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        if (await db.Models.AsNoTracking().FirstOrDefaultAsync(m => m.Name == model, cancellationToken) is not { } row)
            return Problems.NotFound();
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await db
            .ModelVersions.AsNoTracking()
            .Where(v => v.ModelId == row.Id && (last == null || v.Id < last))
            .OrderByDescending(v => v.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var aliases = await db.ModelAliases.AsNoTracking().Where(a => a.ModelId == row.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, v => v.Id.ToString(), v => Response(v, row.Name, tenant.Slug, aliases)));
    }

    /// <summary>Get a version with its evaluation</summary>
    private static async Task<Results<Ok<ModelVersionResponse>, ProblemHttpResult>> GetVersionAsync(
        string model,
        int version,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(db, model, version, cancellationToken) is { } row
            ? TypedResults.Ok(
                Response(
                    row,
                    model,
                    tenant.Slug,
                    await db.ModelAliases.AsNoTracking().Where(a => a.ModelVersionId == row.Id).ToListAsync(cancellationToken)
                )
            )
            : Problems.NotFound();

    public static Task<ModelVersion?> FindAsync(GpuGeekDbContext db, string model, int version, CancellationToken cancellationToken) =>
        (from v in db.ModelVersions join m in db.Models on v.ModelId equals m.Id where m.Name == model && v.Number == version select v)
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellationToken);

    private static ModelVersionResponse Response(ModelVersion v, string model, string org, List<ModelAlias> aliases)
    {
        var address = $"/api/v1/orgs/{org}/models/{model}/versions/{v.Number}";
        var files = $"{address}/artefacts";
        return new(
            v.Id,
            model,
            v.Number,
            v.RunId,
            v.DatasetVersionId,
            v.Architecture,
            v.Manifest.Classes,
            v.Result.ToResponse(v.Manifest.Classes, new(model, v.Number)),
            "sha256:" + v.OnnxHash,
            v.OnnxBytes,
            [
                new(ModelFileEndpoints.Onnx, $"{files}/{ModelFileEndpoints.Onnx}"),
                new(ModelFileEndpoints.Manifest, $"{files}/{ModelFileEndpoints.Manifest}"),
                new("model-card.md", $"{address}/card"),
            ],
            v.CreatedAt,
            [.. aliases.Where(a => a.ModelVersionId == v.Id).Select(a => a.Name).Order(StringComparer.Ordinal)]
        );
    }
}

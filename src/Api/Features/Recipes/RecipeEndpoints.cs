using System.Text.Json;
using System.Text.Json.Nodes;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Recipes;
using GpuGeek.Domain.Recipes;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Recipes;

internal static class RecipeEndpoints
{
    public static void MapRecipes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/recipes/schema", GetSchema).WithTags("Recipes").WithName("GetRecipeSchema");
        var group = routes.MapOrg("/recipes").WithTags("Recipes");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("ListRecipes");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.RunsWrite).Idempotent().WithName("CreateRecipe");
        group.MapPost("/resolve", ResolveAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("ResolveRecipe").WithoutChangeFilter();
        group.MapGet("/{recipe}", GetAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("GetRecipe");
        group.MapGet("/{recipe}/versions", ListVersionsAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("ListRecipeVersions");
        group.MapDelete("/{recipe}", DeleteAsync).Needs(Role.Editor, Scopes.RunsWrite).WithName("DeleteRecipe");
    }

    /// <summary>Every setting of a recipe, as JSON Schema</summary>
    /// <remarks>Titles, descriptions and ranges; <c>x-unit</c> and <c>x-scale</c> beside the words of the standard (draft 2020-12). The
    /// schema is that of a request: every section and setting may be left out, and takes the preset's value.</remarks>
    private static Ok<JsonObject> GetSchema() => TypedResults.Ok(RecipeJsonSchema.Write(RecipePresets.Names));

    /// <summary>The organisation's own recipes, each in its newest version, newest first</summary>
    private static async Task<Ok<Page<RecipeResponse>>> ListAsync(
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await db
            .Recipes.AsNoTracking()
            .Where(r => !db.Recipes.Any(newer => newer.Name == r.Name && newer.Number > r.Number))
            .Where(r => last == null || r.Id < last)
            .OrderByDescending(r => r.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, r => r.Id.ToString(), Response));
    }

    /// <summary>Keep a recipe under a name, or add a version to it</summary>
    private static async Task<Results<Created<RecipeResponse>, ProblemHttpResult>> CreateAsync(
        SaveRecipeRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (RecipePresets.Names.Contains(request.Name))
            return Problems.Conflict("name_taken", $"'{request.Name}' is the name of a preset.", "Choose another name.");
        if (request.Recipe["transfer.start"] is not null)
            return Problems.Impossible(
                "recipe_with_start",
                "Weights to start from belong to a project, and this recipe is for the whole organisation.",
                "Leave transfer.start out; a run can name it over the recipe."
            );
        // Two who save under one name at the same moment get two numbers.
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        var recipe = RecipePresets.Resolve(request.Recipe, await OwnRecipes.BasisAsync(db, request.Recipe, cancellationToken));
        if (await db.Recipes.CountAsync(cancellationToken) >= NamedRecipe.Most)
            return Problems.Impossible(
                "recipe_limit",
                $"An organisation keeps at most {NamedRecipe.Most} versions of recipes.",
                "Delete recipes that nobody uses."
            );
        var now = clock.GetUtcNow();
        var row = new NamedRecipe
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            Name = request.Name,
            Number = 1 + (await db.Recipes.Where(r => r.Name == request.Name).MaxAsync(r => (int?)r.Number, cancellationToken) ?? 0),
            Recipe = recipe,
            Note = string.IsNullOrWhiteSpace(request.Note) ? null : request.Note.Trim(),
            CreatedBy = tenant.UserId,
            CreatedByName = await db.NameAsync(tenant.UserId, cancellationToken),
            CreatedAt = now,
        };
        db.Recipes.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/v1/orgs/{tenant.Slug}/recipes/{row.Name}?version={row.Number}", Response(row));
    }

    /// <summary>See every value of a recipe before a run has it</summary>
    /// <remarks>What the preset says, what it chooses for a dataset version and why, and what other settings of the request make of it.
    /// What a run would be refused for is refused here too.</remarks>
    private static async Task<Results<Ok<ResolvedRecipeResponse>, ProblemHttpResult>> ResolveAsync(
        ResolveRecipeRequest request,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        var data = request.DatasetVersion is { } version
            ? await VersionFacts.FindAsync(db, version, request.Recipe, cancellationToken)
            : null;
        if (request.DatasetVersion is not null && data is null)
            return Problems.Impossible(
                "unknown_dataset_version",
                "The organisation does not have this dataset version.",
                "Create one: POST …/datasets/{dataset}/versions."
            );
        var own = await OwnRecipes.BasisAsync(db, request.Recipe, cancellationToken);
        var recipe = RecipePresets.Resolve(RecipePresets.WithoutStart(request.Recipe), own, data);
        return TypedResults.Ok(new ResolvedRecipeResponse(recipe, data is null ? [] : Choices(recipe, data)));
    }

    /// <summary>One recipe, in its newest version or in another</summary>
    private static async Task<Results<Ok<RecipeResponse>, ProblemHttpResult>> GetAsync(
        string recipe,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        int? version = null
    ) =>
        await OwnRecipes.FindAsync(db, recipe, version, cancellationToken) is { } row
            ? TypedResults.Ok(Response(row))
            : Problems.NotFound();

    /// <summary>The versions of a recipe, newest first</summary>
    private static async Task<Results<Ok<Page<RecipeResponse>>, ProblemHttpResult>> ListVersionsAsync(
        string recipe,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        if (!await db.Recipes.AnyAsync(r => r.Name == recipe, cancellationToken))
            return Problems.NotFound();
        var rows = await db
            .Recipes.AsNoTracking()
            .Where(r => r.Name == recipe && (last == null || r.Id < last))
            .OrderByDescending(r => r.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, r => r.Id.ToString(), Response));
    }

    /// <summary>Delete a recipe with all its versions</summary>
    /// <remarks>Runs keep the values that they were started with.</remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string recipe,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.Recipes.Where(r => r.Name == recipe).ExecuteDeleteAsync(cancellationToken) > 0
            ? TypedResults.NoContent()
            : Problems.NotFound();

    private static RecipeChoice[] Choices(Recipe recipe, DataFacts data) =>
        [
            .. RecipePresets
                .Explain(recipe, data)
                .Select(c => new RecipeChoice(c.Setting, JsonSerializer.SerializeToNode(c.Value)!, c.Reason, c.Figures, c.Why)),
        ];

    private static RecipeResponse Response(NamedRecipe r) =>
        new(r.Name, r.Number, r.Reference, r.Recipe, r.Note, r.CreatedByName, r.CreatedAt);
}

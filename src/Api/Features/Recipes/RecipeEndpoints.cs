using System.Text.Json.Nodes;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Features.Recipes;

internal static class RecipeEndpoints
{
    public static void MapRecipes(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/recipes").WithTags("Recipes").AllowAnonymous();
        group.MapGet("/schema", GetSchema).WithName("GetRecipeSchema");
    }

    /// <summary>Every setting of a recipe, as JSON Schema</summary>
    /// <remarks>Titles, descriptions and ranges; <c>x-unit</c> and <c>x-scale</c> beside the words of the standard (draft 2020-12). The
    /// schema is that of a request: every section and setting may be left out, and takes the preset's value.</remarks>
    private static Ok<JsonObject> GetSchema() => TypedResults.Ok(RecipeJsonSchema.Write(RecipePresets.Names));
}

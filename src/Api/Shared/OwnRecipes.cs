using GpuGeek.Domain.Recipes;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Recipes that an organisation keeps under names, where a request names one as its preset.</summary>
internal static class OwnRecipes
{
    /// <summary>The recipe that a request is a part over.</summary>
    /// <returns>Null: the request names one of the presets.</returns>
    /// <exception cref="RecipeException"><c>unknown_preset</c>: there is no such preset, recipe or version.</exception>
    public static async Task<Recipe?> BasisAsync(GpuGeekDbContext db, PartialRecipe partial, CancellationToken cancellationToken)
    {
        if (RecipePresets.Names.Contains(partial.Preset) || RecipeReference.Parse(partial.Preset) is not var (name, number))
            return null;
        if (await FindAsync(db, name, number, cancellationToken) is { } row)
            return row.Recipe with { Preset = row.Reference };
        var known = await db.Recipes.Select(r => r.Name).Distinct().ToListAsync(cancellationToken);
        var hint = NearestName.Of(name, [.. known, .. RecipePresets.Names]) switch
        {
            null => ".",
            var same when same == name => " of that version.",
            var nearest => $"; did you mean '{nearest}'?",
        };
        throw new RecipeException([new("preset", "unknown_preset", $"There is no preset or recipe '{partial.Preset}'{hint}")]);
    }

    public static Task<NamedRecipe?> FindAsync(GpuGeekDbContext db, string name, int? number, CancellationToken cancellationToken) =>
        db
            .Recipes.AsNoTracking()
            .Where(r => r.Name == name && (number == null || r.Number == number))
            .OrderByDescending(r => r.Number)
            .FirstOrDefaultAsync(cancellationToken);
}

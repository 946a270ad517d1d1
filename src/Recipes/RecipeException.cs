namespace GpuGeek.Recipes;

/// <summary>What is wrong at one place of a recipe.</summary>
/// <param name="Path">As <c>optimizer.learningRate</c>.</param>
/// <param name="Code"><c>unknown_setting</c>, <c>impossible_value</c>, <c>unknown_preset</c> or <c>unknown_recipe_schema</c>.</param>
/// <param name="Message">A sentence for the person who wrote the recipe.</param>
public sealed record RecipeProblem(string Path, string Code, string Message);

/// <summary>A recipe that cannot be resolved; every problem is named at once.</summary>
public sealed class RecipeException(IReadOnlyList<RecipeProblem> problems) : Exception(string.Join(" ", problems.Select(p => p.Message)))
{
    public IReadOnlyList<RecipeProblem> Problems { get; } = problems;
}

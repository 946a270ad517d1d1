using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using GpuGeek.Recipes;

namespace GpuGeek.Contracts.Recipes;

/// <summary>Keeps a recipe under a name. Under a name that exists it becomes the next version.</summary>
public sealed record SaveRecipeRequest
{
    /// <summary>Lower-case letters, digits and hyphens; not the name of a preset.</summary>
    /// <example>flowers-best</example>
    [Required]
    [RegularExpression(
        "^[a-z0-9][a-z0-9-]{0,62}$",
        ErrorMessage = "A name has lower-case letters, digits and hyphens, and at most 63 of them."
    )]
    public required string Name { get; init; }

    /// <summary>A preset or one of the organisation's recipes, and what differs from it. It is kept whole, with every value. Weights to
    /// start from belong to a project and are refused.</summary>
    /// <example>{"preset": "balanced", "budget": {"epochs": 12}}</example>
    [Required]
    public required PartialRecipe Recipe { get; init; }

    /// <summary>Why this version was made.</summary>
    /// <example>Twice the epochs</example>
    [StringLength(500)]
    public string? Note { get; init; }
}

/// <summary>Asks for every value of a recipe.</summary>
public sealed record ResolveRecipeRequest
{
    /// <summary>A preset or one of the organisation's recipes, and what differs from it. Weights to start from are left out.</summary>
    /// <example>{"preset": "fast", "loss": {"classWeights": "inverse"}}</example>
    [Required]
    public required PartialRecipe Recipe { get; init; }

    /// <summary>Id of a dataset version, for which presets choose some values. A run of this version gets the same values. Null: the
    /// preset's values where nothing is known of the data.</summary>
    public Guid? DatasetVersion { get; init; }
}

/// <param name="Recipe">Every value, as a run would keep it. Sent with a new run it asks for the same training.</param>
/// <param name="Choices">What the preset chose for the dataset version and the request did not override.</param>
public sealed record ResolvedRecipeResponse(Recipe Recipe, IReadOnlyList<RecipeChoice> Choices);

/// <summary>A value that a preset chose for the data at hand.</summary>
/// <param name="Setting">Path, such as <c>loss.classWeights</c>.</param>
/// <param name="Reason">The rule: <c>rare_classes|few_pictures|small_pictures</c>.</param>
/// <param name="Figures">What the rule looked at, in the order in which <c>why</c> says it.</param>
/// <param name="Why">The reason as a sentence.</param>
public sealed record RecipeChoice(string Setting, JsonNode Value, string Reason, IReadOnlyList<double> Figures, string Why);

/// <summary>One version of a recipe that the organisation keeps.</summary>
/// <param name="Version">From 1 on.</param>
/// <param name="Reference">What <c>preset</c> of a run's recipe says to start from this version: <c>flowers-best@3</c>. Without
/// <c>@3</c> it is the newest.</param>
/// <param name="Recipe">Every value, resolved.</param>
/// <param name="CreatedBy">Name of the person who saved it.</param>
public sealed record RecipeResponse(
    string Name,
    int Version,
    string Reference,
    Recipe Recipe,
    string? Note,
    string CreatedBy,
    DateTimeOffset CreatedAt
);

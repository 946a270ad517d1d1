using GpuGeek.Domain.Common;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Recipes;

/// <summary>
/// One version of a recipe that an organisation keeps under a name. A version never changes: saving under a known name adds the next one,
/// and a run says which version it started from.
/// </summary>
public sealed class NamedRecipe : ITenantOwned
{
    /// <summary>Versions of all names together that an organisation may keep.</summary>
    public const int Most = 1000;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }

    /// <summary>A slug: lower-case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>From 1 on, without gaps within a name.</summary>
    public required int Number { get; init; }

    /// <summary>Whole, without weights to start from: those belong to a project.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Why this version was made, in the words of whoever made it.</summary>
    public string? Note { get; init; }
    public required Guid CreatedBy { get; init; }
    public required string CreatedByName { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What a run's recipe names as its preset: <c>flowers-best@3</c>.</summary>
    public string Reference => new RecipeReference(Name, Number).ToString();
}

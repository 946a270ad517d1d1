using GpuGeek.Recipes;

namespace GpuGeek.Domain.Jobs;

/// <summary>Payload of a job of the kind <c>probe</c>.</summary>
/// <param name="Version">A dataset version.</param>
/// <param name="Recipe">Resolved, as a run would have it.</param>
/// <param name="StartHash">Hash of the weights in the object store that it starts from; null: the published ones, or random
/// numbers.</param>
public sealed record ProbeRequest(Guid Version, Recipe Recipe, string? StartHash)
{
    /// <summary>So many may wait or run in one organisation.</summary>
    public const int MostAtOnce = 5;
}

using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Models;

/// <summary>A name that means one version of a model.</summary>
/// <param name="Deployments">Names of the deployments that follow it.</param>
/// <param name="SetAt">When it was set to this version.</param>
public sealed record AliasResponse(string Name, int Version, IReadOnlyList<string> Deployments, DateTimeOffset SetAt);

public sealed record SetAliasRequest
{
    /// <example>2</example>
    [Range(1, int.MaxValue)]
    public required int Version { get; init; }
}

using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Projects;

public sealed record CreateProjectRequest
{
    /// <example>Flowers</example>
    [Required, StringLength(100, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary><c>image-classification</c>.</summary>
    /// <example>image-classification</example>
    [StringLength(50)]
    public string Template { get; init; } = "image-classification";
}

public sealed record UpdateProjectRequest
{
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }
}

/// <param name="Slug">Its name in addresses. It never changes.</param>
/// <param name="ImageCount">Number of pictures in all datasets of the project.</param>
/// <param name="RunCount">Number of runs so far.</param>
/// <param name="ActiveRuns">Number of runs that are queued or running.</param>
/// <param name="BestTestAccuracy">Best test accuracy of its model versions, 0..1; null if there is none.</param>
/// <param name="LiveDeployments">Number of live endpoints.</param>
/// <param name="Thumbnails">Up to four addresses of pictures, relative to the API's origin.</param>
public sealed record ProjectResponse(
    Guid Id,
    string Slug,
    string Name,
    string Template,
    DateTimeOffset CreatedAt,
    int ImageCount,
    int RunCount,
    int ActiveRuns,
    double? BestTestAccuracy,
    int LiveDeployments,
    DateTimeOffset LastActivityAt,
    IReadOnlyList<string> Thumbnails
);

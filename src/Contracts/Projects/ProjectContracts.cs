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

/// <param name="Slug">Its name in addresses; never changes.</param>
/// <param name="ImageCount">Pictures of all its datasets.</param>
/// <param name="RunCount">Trainings so far.</param>
/// <param name="ActiveRuns">Queued or running now.</param>
/// <param name="BestTestAccuracy">0..1, of its model versions; null before the first.</param>
/// <param name="LiveDeployments">Endpoints that answer now.</param>
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

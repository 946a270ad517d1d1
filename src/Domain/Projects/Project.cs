using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Projects;

public sealed class Project : ITenantOwned
{
    public const string ImageClassification = "image-classification";

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    /// <summary>Unique in the organisation.</summary>
    public required string Slug { get; init; }
    public required string Name { get; set; }
    public required string Template { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deletions;

namespace GpuGeek.Domain.Projects;

public sealed class Project : ITenantOwned, IDeletable
{
    public const string ImageClassification = "image-classification";

    // Pages of the organisation, which share the address space of its projects.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "audit",
        "billing",
        "delete",
        "deleted",
        "jobs",
        "keys",
        "members",
        "mentions",
        "recipes",
        "settings",
        "usage",
        "webhooks",
        "workers",
    };

    /// <summary>A project with this name would be unreachable: the address is that of a page of the organisation.</summary>
    public static bool IsReserved(string slug) => Reserved.Contains(slug);

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }

    /// <summary>Unique in the organisation.</summary>
    public required string Slug { get; init; }
    public required string Name { get; set; }
    public required string Template { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public Guid? DeletionId { get; private set; }
}

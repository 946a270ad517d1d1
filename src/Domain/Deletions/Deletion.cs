using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Deletions;

public enum DeletionKind
{
    Dataset,
    Project,
    Organization,
}

/// <summary>
/// Something that was deleted and can still be restored. What it took along carries its id and is hidden (<see cref="IDeletable"/>);
/// when the grace is over the worker purges it: its rows and its stored files go, and then this row too.
/// </summary>
public sealed class Deletion : ITenantOwned
{
    /// <summary>How long a deletion can be undone.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required DeletionKind Kind { get; init; }

    /// <summary>The dataset, project or organisation.</summary>
    public required Guid TargetId { get; init; }

    /// <summary>The name it had.</summary>
    public required string Name { get; init; }
    public required Guid RequestedBy { get; init; }
    public required string RequestedByName { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>From then on it is purged and cannot be restored.</summary>
    public required DateTimeOffset PurgeAt { get; init; }
}

/// <summary>Hidden from the organisation while it carries the id of a <see cref="Deletion"/>; the workers go on seeing it.</summary>
public interface IDeletable
{
    Guid? DeletionId { get; }
}

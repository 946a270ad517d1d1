using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Deletions;

public enum DeletionKind
{
    Dataset,
    Project,
    Organization,
}

/// <summary>
/// A deleted item that can still be restored. Everything deleted with it has its id and is hidden (<see cref="IDeletable"/>). After the
/// grace period the worker purges it: its rows and stored files are deleted, and then this row too.
/// </summary>
public sealed class Deletion : ITenantOwned
{
    /// <summary>How long a deletion can be undone.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required DeletionKind Kind { get; init; }

    /// <summary>Id of the dataset, project or organisation.</summary>
    public required Guid TargetId { get; init; }

    /// <summary>Name at the time of the deletion.</summary>
    public required string Name { get; init; }
    public required Guid RequestedBy { get; init; }
    public required string RequestedByName { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>After this time it is purged and cannot be restored.</summary>
    public required DateTimeOffset PurgeAt { get; init; }
}

/// <summary>Hidden from the organisation while it has the id of a <see cref="Deletion"/>; workers still see it.</summary>
public interface IDeletable
{
    Guid? DeletionId { get; }
}

using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Tenants;

/// <summary>Who changed what, when and from where. Written in the transaction of the change; never changed, never taken back.</summary>
public sealed class AuditEntry : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The person, or the person who made the key.</summary>
    public required Guid UserId { get; init; }

    /// <summary>Name and email as they were at that time: the account may go, the entry stays.</summary>
    public required string UserName { get; init; }
    public required string UserEmail { get; init; }

    /// <summary>Name of the API key; null when the person did it in a session.</summary>
    public string? KeyName { get; init; }

    /// <summary><c>noun.verb</c>, such as <c>deployment.update</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Address of what was changed, within the organisation.</summary>
    public required string Target { get; init; }

    /// <summary>The project in which it was changed; null where it concerns the organisation. No key: the entry outlives the
    /// project.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>What was asked for, as JSON; null where the action says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>Network address of the client.</summary>
    public required string Address { get; init; }
    public required string UserAgent { get; init; }
}

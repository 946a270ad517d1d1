using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Tenants;

/// <summary>Who changed what, when and from where. Written in the transaction of the change and never modified or deleted.</summary>
public sealed class AuditEntry : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The person, or the creator of the key.</summary>
    public required Guid UserId { get; init; }

    /// <summary>Name and email at that time: the entry outlives the account.</summary>
    public required string UserName { get; init; }
    public required string UserEmail { get; init; }

    /// <summary>Name of the API key; null if the person used a session.</summary>
    public string? KeyName { get; init; }

    /// <summary><c>noun.verb</c>, such as <c>deployment.update</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Path of the changed object, within the organisation.</summary>
    public required string Target { get; init; }

    /// <summary>The project of the change; null for changes of the organisation. Not a foreign key: the entry outlives the
    /// project.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>The content of the request, as JSON; null if the action is sufficient.</summary>
    public string? Detail { get; init; }

    /// <summary>Network address of the client.</summary>
    public required string Address { get; init; }
    public required string UserAgent { get; init; }
}

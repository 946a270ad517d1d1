namespace GpuGeek.Contracts.Tenants;

/// <param name="UserName">Name of the person at that time.</param>
/// <param name="KeyName">Name of the API key that was used; null: a session was used.</param>
/// <param name="Action"><c>noun.verb</c>, such as <c>deployment.update</c>.</param>
/// <param name="Target">Address of the changed object, within the organisation.</param>
/// <param name="Detail">Content of the request, as a JSON string.</param>
/// <param name="Address">Network address of the client.</param>
public sealed record AuditEntryResponse(
    Guid Id,
    DateTimeOffset At,
    Guid User,
    string UserName,
    string UserEmail,
    string? KeyName,
    string Action,
    string Target,
    string? Detail,
    string Address,
    string UserAgent
);

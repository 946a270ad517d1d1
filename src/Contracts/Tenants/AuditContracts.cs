namespace GpuGeek.Contracts.Tenants;

/// <param name="UserName">As it was at that time.</param>
/// <param name="KeyName">The API key that did it; null: the person in a session.</param>
/// <param name="Action"><c>noun.verb</c>, such as <c>deployment.update</c>.</param>
/// <param name="Target">Address of what was changed, within the organisation.</param>
/// <param name="Detail">What was asked for, as JSON text.</param>
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

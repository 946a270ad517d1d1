namespace GpuGeek.Domain.Common;

/// <summary>A row of one organisation. Its table has a key <c>(org_id, id)</c>, the named query filter and a row-level security
/// policy.</summary>
public interface ITenantOwned
{
    Guid OrgId { get; }
}

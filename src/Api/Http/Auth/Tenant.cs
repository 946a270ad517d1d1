using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Http.Auth;

/// <summary>The organisation of the request, resolved once by <see cref="OrgAuthorization"/>.</summary>
internal sealed class Tenant
{
    private Guid? _orgId;

    public bool IsResolved => _orgId is not null;
    public Guid OrgId =>
        _orgId ?? throw new InvalidOperationException("No organisation was resolved: the endpoint is not in the organisation's group.");
    public string Slug { get; private set; } = "";
    public Role Role { get; private set; }
    public Caller Caller { get; private set; } = null!;
    public Guid UserId => Caller.User;

    public void Resolve(Guid org, string slug, Role role, Caller caller) => (_orgId, Slug, Role, Caller) = (org, slug, role, caller);
}

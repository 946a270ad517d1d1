using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Tenants;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<OrganizationResponse> CreateOrganizationAsync(string name, CancellationToken ct = default) =>
        PostAsync<OrganizationResponse>("orgs", new CreateOrganizationRequest { Name = name }, ct);

    public Task<OrganizationResponse> UpdateOrganizationAsync(
        string org,
        UpdateOrganizationRequest request,
        CancellationToken ct = default
    ) => PatchAsync<OrganizationResponse>($"orgs/{E(org)}", request, ct);

    public Task<Page<MemberResponse>> ListMembersAsync(string org, CancellationToken ct = default) =>
        GetAsync<Page<MemberResponse>>($"orgs/{E(org)}/members", ct);

    public Task<MemberResponse> UpdateMemberAsync(string org, Guid user, UpdateMemberRequest request, CancellationToken ct = default) =>
        PatchAsync<MemberResponse>($"orgs/{E(org)}/members/{user}", request, ct);

    /// <summary>Removes a member. With the caller's own id: leaves the organisation.</summary>
    public Task RemoveMemberAsync(string org, Guid user, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/members/{user}", null, ct);

    public Task<Page<InvitationResponse>> ListInvitationsAsync(string org, CancellationToken ct = default) =>
        GetAsync<Page<InvitationResponse>>($"orgs/{E(org)}/invitations?limit=200", ct);

    public Task<CreatedInvitationResponse> CreateInvitationAsync(
        string org,
        CreateInvitationRequest request,
        CancellationToken ct = default
    ) => PostAsync<CreatedInvitationResponse>($"orgs/{E(org)}/invitations", request, ct);

    public Task RevokeInvitationAsync(string org, Guid invitation, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/invitations/{invitation}", null, ct);

    public Task<InvitationOfferResponse> LookAtInvitationAsync(string token, CancellationToken ct = default) =>
        PostAsync<InvitationOfferResponse>("invitations/look", new InvitationTokenRequest { Token = token }, ct);

    public Task<OrganizationResponse> AcceptInvitationAsync(string token, CancellationToken ct = default) =>
        PostAsync<OrganizationResponse>("invitations/accept", new InvitationTokenRequest { Token = token }, ct);

    public Task<Page<AuditEntryResponse>> ListAuditAsync(
        string org,
        string? action = null,
        string? after = null,
        int limit = 50,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<AuditEntryResponse>>(
            $"orgs/{E(org)}/audit?limit={limit}{(action is null ? "" : $"&action={E(action)}")}{After(after)}",
            ct
        );
}

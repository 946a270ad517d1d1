using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Billing;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Projects;
using GpuGeek.Contracts.Tenants;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<InstallationResponse> GetInstallationAsync(CancellationToken ct = default) =>
        GetAsync<InstallationResponse>("installation", ct);

    public Task<SessionResponse> RegisterAsync(RegisterRequest request, CancellationToken ct = default) =>
        PostAsync<SessionResponse>("account/register", request, ct);

    public Task<SessionResponse> SignInAsync(SignInRequest request, CancellationToken ct = default) =>
        PostAsync<SessionResponse>("account/sign-in", request, ct);

    public Task<SessionResponse> SignInByLinkAsync(LinkSignInRequest request, CancellationToken ct = default) =>
        PostAsync<SessionResponse>("account/sign-in-link", request, ct);

    public Task SignOutAsync(CancellationToken ct = default) => SendAsync(HttpMethod.Post, "account/sign-out", null, ct);

    public Task ChangePasswordAsync(ChangePasswordRequest request, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Post, "account/password", request, ct);

    public Task<Page<SessionSummary>> ListSessionsAsync(CancellationToken ct = default) =>
        GetAsync<Page<SessionSummary>>("account/sessions", ct);

    public Task RevokeSessionAsync(Guid session, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"account/sessions/{session}", null, ct);

    public Task<SecondFactorResponse> BeginSecondFactorAsync(CancellationToken ct = default) =>
        PostAsync<SecondFactorResponse>("account/second-factor", null, ct);

    public Task<RecoveryCodesResponse> ConfirmSecondFactorAsync(ConfirmSecondFactorRequest request, CancellationToken ct = default) =>
        PostAsync<RecoveryCodesResponse>("account/second-factor/confirm", request, ct);

    public Task RemoveSecondFactorAsync(RemoveSecondFactorRequest request, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Post, "account/second-factor/remove", request, ct);

    public Task ResetPasswordAsync(ResetPasswordRequest request, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Post, "account/reset-password", request, ct);

    public Task ForgotPasswordAsync(ForgotPasswordRequest request, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Post, "account/forgot-password", request, ct);

    public Task<Page<AccountEventResponse>> ListAccountEventsAsync(string? after = null, int limit = 50, CancellationToken ct = default) =>
        GetAsync<Page<AccountEventResponse>>(
            FormattableString.Invariant($"account/events?limit={limit}") + (after is null ? "" : $"&after={E(after)}"),
            ct
        );

    public Task<Page<PasskeyResponse>> ListPasskeysAsync(CancellationToken ct = default) =>
        GetAsync<Page<PasskeyResponse>>("account/passkeys", ct);

    public Task<PasskeyChallengeResponse> BeginPasskeyAsync(BeginPasskeyRequest request, CancellationToken ct = default) =>
        PostAsync<PasskeyChallengeResponse>("account/passkeys/begin", request, ct);

    public Task<PasskeyResponse> AddPasskeyAsync(AddPasskeyRequest request, CancellationToken ct = default) =>
        PostAsync<PasskeyResponse>("account/passkeys", request, ct);

    public Task RemovePasskeyAsync(Guid passkey, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"account/passkeys/{passkey}", null, ct);

    public Task<PasskeyChallengeResponse> BeginPasskeySignInAsync(BeginPasskeySignInRequest request, CancellationToken ct = default) =>
        PostAsync<PasskeyChallengeResponse>("account/sign-in-passkey/begin", request, ct);

    public Task<SessionResponse> SignInByPasskeyAsync(PasskeySignInRequest request, CancellationToken ct = default) =>
        PostAsync<SessionResponse>("account/sign-in-passkey", request, ct);

    public Task<MeResponse> GetMeAsync(CancellationToken ct = default) => GetAsync<MeResponse>("account/me", ct);

    public Task<Page<OrganizationResponse>> ListOrganizationsAsync(CancellationToken ct = default) =>
        GetAsync<Page<OrganizationResponse>>("orgs", ct);

    public Task<OrganizationResponse> GetOrganizationAsync(string org, CancellationToken ct = default) =>
        GetAsync<OrganizationResponse>($"orgs/{E(org)}", ct);

    public Task<Page<KeyResponse>> ListKeysAsync(string org, CancellationToken ct = default) =>
        GetAsync<Page<KeyResponse>>($"orgs/{E(org)}/keys", ct);

    public Task<CreatedKeyResponse> CreateKeyAsync(string org, CreateKeyRequest request, CancellationToken ct = default) =>
        PostAsync<CreatedKeyResponse>($"orgs/{E(org)}/keys", request, ct);

    public Task RevokeKeyAsync(string org, Guid key, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/keys/{key}", null, ct);

    public Task<Page<ProjectResponse>> ListProjectsAsync(string org, CancellationToken ct = default) =>
        GetAsync<Page<ProjectResponse>>($"orgs/{E(org)}/projects?limit=200", ct);

    public Task<ProjectResponse> GetProjectAsync(string org, string project, CancellationToken ct = default) =>
        GetAsync<ProjectResponse>($"orgs/{E(org)}/projects/{E(project)}", ct);

    public Task<ProjectResponse> CreateProjectAsync(string org, CreateProjectRequest request, CancellationToken ct = default) =>
        PostAsync<ProjectResponse>($"orgs/{E(org)}/projects", request, ct);

    public Task<Page<PlanResponse>> ListPlansAsync(CancellationToken ct = default) => GetAsync<Page<PlanResponse>>("plans", ct);

    public Task<PlanResponse> UpdatePlanAsync(string plan, UpdatePlanRequest request, CancellationToken ct = default) =>
        PatchAsync<PlanResponse>($"plans/{E(plan)}", request, ct);

    public Task<SubscriptionResponse> GetSubscriptionAsync(string org, CancellationToken ct = default) =>
        GetAsync<SubscriptionResponse>($"orgs/{E(org)}/subscription", ct);

    public Task<SubscriptionResponse> ChangeSubscriptionAsync(
        string org,
        ChangeSubscriptionRequest request,
        CancellationToken ct = default
    ) => PutAsync<SubscriptionResponse>($"orgs/{E(org)}/subscription", request, ct);

    public Task<Page<UsageIntervalResponse>> ListUsageAsync(
        string org,
        Guid? run = null,
        string? after = null,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<UsageIntervalResponse>>(
            $"orgs/{E(org)}/usage?limit=100{(run is null ? "" : $"&run={run}")}{(after is null ? "" : $"&after={E(after)}")}",
            ct
        );
}

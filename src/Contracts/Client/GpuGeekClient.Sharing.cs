using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Sharing;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    /// <param name="run">Only links to this run.</param>
    /// <param name="model">Only links to <paramref name="version"/> of this model.</param>
    public Task<Page<ShareLinkResponse>> ListShareLinksAsync(
        string org,
        string project,
        Guid? run = null,
        string? model = null,
        int? version = null,
        string? after = null,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<ShareLinkResponse>>(
            $"{ShareLinks(org, project)}?limit=50{(run is null ? "" : $"&run={run}")}"
                + $"{(model is null ? "" : $"&model={E(model)}&version={version}")}{After(after)}",
            ct
        );

    public Task<CreatedShareLinkResponse> CreateShareLinkAsync(
        string org,
        string project,
        CreateShareLinkRequest request,
        CancellationToken ct = default
    ) => PostAsync<CreatedShareLinkResponse>(ShareLinks(org, project), request, ct);

    public Task RevokeShareLinkAsync(string org, string project, Guid link, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"{ShareLinks(org, project)}/{link}", null, ct);

    /// <summary>The content of a share link; needs no session.</summary>
    public Task<SharedResponse> LookAtSharedAsync(string token, CancellationToken ct = default) =>
        PostAsync<SharedResponse>("shared/look", new ShareTokenRequest { Token = token }, ct);

    private static string ShareLinks(string org, string project) => $"orgs/{E(org)}/projects/{E(project)}/share-links";
}

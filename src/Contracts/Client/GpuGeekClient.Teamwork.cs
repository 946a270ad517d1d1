using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Teamwork;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    /// <param name="run">Only those that show this run.</param>
    /// <param name="model">Only those that show <paramref name="version"/> of this model.</param>
    public Task<Page<ShareLinkResponse>> ListShareLinksAsync(string org, string project, Guid? run = null, string? model = null, int? version = null, string? after = null, CancellationToken ct = default) =>
        GetAsync<Page<ShareLinkResponse>>($"{ShareLinks(org, project)}?limit=50{(run is null ? "" : $"&run={run}")}{(model is null ? "" : $"&model={E(model)}&version={version}")}{After(after)}", ct);
    public Task<CreatedShareLinkResponse> CreateShareLinkAsync(string org, string project, CreateShareLinkRequest request, CancellationToken ct = default) => PostAsync<CreatedShareLinkResponse>(ShareLinks(org, project), request, ct);
    public Task RevokeShareLinkAsync(string org, string project, Guid link, CancellationToken ct = default) => SendAsync(HttpMethod.Delete, $"{ShareLinks(org, project)}/{link}", null, ct);
    /// <summary>What a link shows; needs no session.</summary>
    public Task<SharedResponse> LookAtSharedAsync(string token, CancellationToken ct = default) => PostAsync<SharedResponse>("shared/look", new ShareTokenRequest { Token = token }, ct);

    public Task<Page<CommentResponse>> ListRunCommentsAsync(string org, Guid run, string? after = null, CancellationToken ct = default) => GetAsync<Page<CommentResponse>>($"orgs/{E(org)}/runs/{run}/comments?limit=50{After(after)}", ct);
    public Task<CommentResponse> CreateRunCommentAsync(string org, Guid run, CreateCommentRequest request, CancellationToken ct = default) => PostAsync<CommentResponse>($"orgs/{E(org)}/runs/{run}/comments", request, ct);
    public Task<Page<CommentResponse>> ListVersionCommentsAsync(string org, Guid dataset, Guid version, string? after = null, CancellationToken ct = default) =>
        GetAsync<Page<CommentResponse>>($"{DatasetPath(org, dataset)}/versions/{version}/comments?limit=50{After(after)}", ct);
    public Task<CommentResponse> CreateVersionCommentAsync(string org, Guid dataset, Guid version, CreateCommentRequest request, CancellationToken ct = default) =>
        PostAsync<CommentResponse>($"{DatasetPath(org, dataset)}/versions/{version}/comments", request, ct);
    public Task<Page<CommentResponse>> ListModelCommentsAsync(string org, string model, int version, string? after = null, CancellationToken ct = default) =>
        GetAsync<Page<CommentResponse>>($"orgs/{E(org)}/models/{E(model)}/versions/{version}/comments?limit=50{After(after)}", ct);
    public Task<CommentResponse> CreateModelCommentAsync(string org, string model, int version, CreateCommentRequest request, CancellationToken ct = default) =>
        PostAsync<CommentResponse>($"orgs/{E(org)}/models/{E(model)}/versions/{version}/comments", request, ct);
    public Task<CommentResponse> GetCommentAsync(string org, Guid comment, CancellationToken ct = default) => GetAsync<CommentResponse>($"orgs/{E(org)}/comments/{comment}", ct);
    public Task<CommentResponse> UpdateCommentAsync(string org, Guid comment, UpdateCommentRequest request, CancellationToken ct = default) => PatchAsync<CommentResponse>($"orgs/{E(org)}/comments/{comment}", request, ct);
    public Task DeleteCommentAsync(string org, Guid comment, CancellationToken ct = default) => SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/comments/{comment}", null, ct);

    public Task<Page<MentionResponse>> ListMentionsAsync(string org, string? after = null, CancellationToken ct = default) => GetAsync<Page<MentionResponse>>($"orgs/{E(org)}/mentions?limit=50{After(after)}", ct);
    public Task<UnreadMentionsResponse> CountUnreadMentionsAsync(string org, CancellationToken ct = default) => GetAsync<UnreadMentionsResponse>($"orgs/{E(org)}/mentions/unread", ct);
    public Task<UnreadMentionsResponse> ReadMentionsAsync(string org, ReadMentionsRequest request, CancellationToken ct = default) => PostAsync<UnreadMentionsResponse>($"orgs/{E(org)}/mentions/read", request, ct);

    public Task<Page<ActivityResponse>> ListActivityAsync(string org, string project, string? after = null, int limit = 50, CancellationToken ct = default) =>
        GetAsync<Page<ActivityResponse>>($"orgs/{E(org)}/projects/{E(project)}/activity?limit={limit}{After(after)}", ct);

    private static string ShareLinks(string org, string project) => $"orgs/{E(org)}/projects/{E(project)}/share-links";

    private static string After(string? cursor) => cursor is null ? "" : $"&after={E(cursor)}";
}

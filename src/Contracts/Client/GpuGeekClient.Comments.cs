using GpuGeek.Contracts.Comments;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<Page<CommentResponse>> ListRunCommentsAsync(string org, Guid run, string? after = null, CancellationToken ct = default) =>
        GetAsync<Page<CommentResponse>>($"orgs/{E(org)}/runs/{run}/comments?limit=50{After(after)}", ct);

    public Task<CommentResponse> CreateRunCommentAsync(
        string org,
        Guid run,
        CreateCommentRequest request,
        CancellationToken ct = default
    ) => PostAsync<CommentResponse>($"orgs/{E(org)}/runs/{run}/comments", request, ct);

    public Task<Page<CommentResponse>> ListVersionCommentsAsync(
        string org,
        Guid dataset,
        Guid version,
        string? after = null,
        CancellationToken ct = default
    ) => GetAsync<Page<CommentResponse>>($"{DatasetPath(org, dataset)}/versions/{version}/comments?limit=50{After(after)}", ct);

    public Task<CommentResponse> CreateVersionCommentAsync(
        string org,
        Guid dataset,
        Guid version,
        CreateCommentRequest request,
        CancellationToken ct = default
    ) => PostAsync<CommentResponse>($"{DatasetPath(org, dataset)}/versions/{version}/comments", request, ct);

    public Task<Page<CommentResponse>> ListModelCommentsAsync(
        string org,
        string model,
        int version,
        string? after = null,
        CancellationToken ct = default
    ) => GetAsync<Page<CommentResponse>>($"orgs/{E(org)}/models/{E(model)}/versions/{version}/comments?limit=50{After(after)}", ct);

    public Task<CommentResponse> CreateModelCommentAsync(
        string org,
        string model,
        int version,
        CreateCommentRequest request,
        CancellationToken ct = default
    ) => PostAsync<CommentResponse>($"orgs/{E(org)}/models/{E(model)}/versions/{version}/comments", request, ct);

    public Task<CommentResponse> GetCommentAsync(string org, Guid comment, CancellationToken ct = default) =>
        GetAsync<CommentResponse>($"orgs/{E(org)}/comments/{comment}", ct);

    public Task<CommentResponse> UpdateCommentAsync(
        string org,
        Guid comment,
        UpdateCommentRequest request,
        CancellationToken ct = default
    ) => PatchAsync<CommentResponse>($"orgs/{E(org)}/comments/{comment}", request, ct);

    public Task DeleteCommentAsync(string org, Guid comment, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/comments/{comment}", null, ct);

    public Task<Page<MentionResponse>> ListMentionsAsync(string org, string? after = null, CancellationToken ct = default) =>
        GetAsync<Page<MentionResponse>>($"orgs/{E(org)}/mentions?limit=50{After(after)}", ct);

    public Task<UnreadMentionsResponse> CountUnreadMentionsAsync(string org, CancellationToken ct = default) =>
        GetAsync<UnreadMentionsResponse>($"orgs/{E(org)}/mentions/unread", ct);

    public Task<UnreadMentionsResponse> ReadMentionsAsync(string org, ReadMentionsRequest request, CancellationToken ct = default) =>
        PostAsync<UnreadMentionsResponse>($"orgs/{E(org)}/mentions/read", request, ct);
}

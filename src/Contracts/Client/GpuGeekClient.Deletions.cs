using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Deletions;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<DeletionPreviewResponse> PreviewDatasetDeletionAsync(string org, Guid dataset, CancellationToken ct = default) =>
        GetAsync<DeletionPreviewResponse>($"orgs/{E(org)}/datasets/{dataset}/deletion", ct);

    public Task<DeletionPreviewResponse> PreviewProjectDeletionAsync(string org, string project, CancellationToken ct = default) =>
        GetAsync<DeletionPreviewResponse>($"orgs/{E(org)}/projects/{E(project)}/deletion", ct);

    public Task<DeletionPreviewResponse> PreviewOrganizationDeletionAsync(string org, CancellationToken ct = default) =>
        GetAsync<DeletionPreviewResponse>($"orgs/{E(org)}/deletion", ct);

    public Task DeleteDatasetAsync(string org, Guid dataset, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/datasets/{dataset}", null, ct);

    public Task DeleteProjectAsync(string org, string project, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/projects/{E(project)}", null, ct);

    public Task DeleteOrganizationAsync(string org, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}", null, ct);

    public Task<Page<DeletionResponse>> ListDeletionsAsync(string org, CancellationToken ct = default) =>
        GetAsync<Page<DeletionResponse>>($"orgs/{E(org)}/deletions", ct);

    public Task<DeletionResponse> RestoreDeletionAsync(string org, Guid deletion, CancellationToken ct = default) =>
        PostAsync<DeletionResponse>($"orgs/{E(org)}/deletions/{deletion}/restore", null, ct);

    public Task<Page<DeletedOrganizationResponse>> ListDeletedOrganizationsAsync(CancellationToken ct = default) =>
        GetAsync<Page<DeletedOrganizationResponse>>("account/deleted-organizations", ct);

    public Task RestoreOrganizationAsync(Guid organization, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Post, $"account/deleted-organizations/{organization}/restore", null, ct);
}

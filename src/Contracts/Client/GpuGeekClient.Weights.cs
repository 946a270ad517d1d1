using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Weights;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<Page<WeightsResponse>> ListWeightsAsync(string org, string? project = null, CancellationToken ct = default) =>
        GetAsync<Page<WeightsResponse>>($"orgs/{E(org)}/weights?limit=200{(project is null ? "" : $"&project={E(project)}")}", ct);

    /// <summary>Requests the upload of a weights file.</summary>
    public Task<WeightsResponse> CreateWeightsAsync(string org, CreateWeightsRequest request, CancellationToken ct = default) =>
        PostAsync<WeightsResponse>($"orgs/{E(org)}/weights", request, ct);

    /// <summary>Uploads the bytes; a worker then reads them.</summary>
    public Task<WeightsResponse> UploadWeightsAsync(string org, Guid weights, Stream content, CancellationToken ct = default) =>
        SendAsync<WeightsResponse>(HttpMethod.Put, $"orgs/{E(org)}/weights/{weights}/content", new StreamContent(content), ct);

    /// <param name="wait">Seconds to wait until the file was read, 0..60.</param>
    public Task<WeightsResponse> GetWeightsAsync(string org, Guid weights, int wait = 0, CancellationToken ct = default) =>
        GetAsync<WeightsResponse>($"orgs/{E(org)}/weights/{weights}?wait={wait}", ct);

    /// <summary>Retries a file whose reading was interrupted too often.</summary>
    public Task<WeightsResponse> RetryWeightsAsync(string org, Guid weights, CancellationToken ct = default) =>
        PostAsync<WeightsResponse>($"orgs/{E(org)}/weights/{weights}/retry", null, ct);

    public Task DeleteWeightsAsync(string org, Guid weights, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/weights/{weights}", null, ct);
}

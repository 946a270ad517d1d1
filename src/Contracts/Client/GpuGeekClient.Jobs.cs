using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Jobs;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    /// <param name="state">One state, or <c>active</c>; null: all.</param>
    public Task<Page<JobResponse>> ListJobsAsync(
        string org,
        string? state = null,
        string? after = null,
        int limit = 50,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<JobResponse>>(
            $"orgs/{E(org)}/jobs?limit={limit}{(state is null ? "" : $"&state={E(state)}")}{(after is null ? "" : $"&after={E(after)}")}",
            ct
        );

    /// <param name="wait">Seconds to wait for the end of the job, 0..60.</param>
    public Task<JobResponse> GetJobAsync(string org, Guid job, int wait = 0, CancellationToken ct = default) =>
        GetAsync<JobResponse>($"orgs/{E(org)}/jobs/{job}?wait={wait}", ct);

    public Task<JobResponse> CancelJobAsync(string org, Guid job, CancellationToken ct = default) =>
        PostAsync<JobResponse>($"orgs/{E(org)}/jobs/{job}/cancel", null, ct);

    /// <summary>Retries a job that was interrupted too often.</summary>
    public Task<JobResponse> RetryJobAsync(string org, Guid job, CancellationToken ct = default) =>
        PostAsync<JobResponse>($"orgs/{E(org)}/jobs/{job}/retry", null, ct);
}

using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Jobs;
using GpuGeek.Contracts.Runs;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<Page<ArchitectureResponse>> ListArchitecturesAsync(CancellationToken ct = default) =>
        GetAsync<Page<ArchitectureResponse>>("architectures", ct);

    public Task<Page<RunResponse>> ListRunsAsync(
        string org,
        string? project = null,
        string? after = null,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<RunResponse>>(
            $"orgs/{E(org)}/runs?limit=100{(project is null ? "" : $"&project={E(project)}")}{(after is null ? "" : $"&after={E(after)}")}",
            ct
        );

    public Task<RunResponse> CreateRunAsync(string org, CreateRunRequest request, CancellationToken ct = default) =>
        PostAsync<RunResponse>($"orgs/{E(org)}/runs", request, ct);

    /// <summary>Measures what a run would take, in a job.</summary>
    public Task<JobResponse> ProbeRunAsync(string org, CreateRunRequest request, CancellationToken ct = default) =>
        PostAsync<JobResponse>($"orgs/{E(org)}/runs/probe", request, ct);

    /// <param name="wait">Seconds to wait for the run to end, 0..60.</param>
    public Task<RunResponse> GetRunAsync(string org, Guid run, int wait = 0, CancellationToken ct = default) =>
        GetAsync<RunResponse>($"orgs/{E(org)}/runs/{run}?wait={wait}", ct);

    public Task<RunResponse> UpdateRunAsync(string org, Guid run, UpdateRunRequest request, CancellationToken ct = default) =>
        PatchAsync<RunResponse>($"orgs/{E(org)}/runs/{run}", request, ct);

    public Task DeleteRunAsync(string org, Guid run, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/runs/{run}", null, ct);

    public Task<RunResponse> CancelRunAsync(string org, Guid run, CancellationToken ct = default) =>
        PostAsync<RunResponse>($"orgs/{E(org)}/runs/{run}/cancel", null, ct);

    /// <summary>Resumes a run that failed because its process died too often, from its last checkpoint.</summary>
    public Task<RunResponse> ResumeRunAsync(string org, Guid run, CancellationToken ct = default) =>
        PostAsync<RunResponse>($"orgs/{E(org)}/runs/{run}/resume", null, ct);

    public Task<MetricsResponse> GetMetricsAsync(
        string org,
        Guid run,
        long after = 0,
        int? points = null,
        CancellationToken ct = default
    ) => GetAsync<MetricsResponse>($"orgs/{E(org)}/runs/{run}/metrics?after={after}{(points is null ? "" : $"&points={points}")}", ct);

    public Task<LogsResponse> GetLogsAsync(string org, Guid run, long after = 0, CancellationToken ct = default) =>
        GetAsync<LogsResponse>($"orgs/{E(org)}/runs/{run}/logs?after={after}", ct);
}

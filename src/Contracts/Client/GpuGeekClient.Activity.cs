using GpuGeek.Contracts.Activity;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<Page<ActivityResponse>> ListActivityAsync(
        string org,
        string project,
        string? after = null,
        int limit = 50,
        CancellationToken ct = default
    ) => GetAsync<Page<ActivityResponse>>($"orgs/{E(org)}/projects/{E(project)}/activity?limit={limit}{After(after)}", ct);
}

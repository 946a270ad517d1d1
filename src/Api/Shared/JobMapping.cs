using System.Text.Json;
using GpuGeek.Contracts.Jobs;
using GpuGeek.Domain.Jobs;

namespace GpuGeek.Api.Shared;

internal static class JobMapping
{
    public static string Name(JobState state) => state.ToString().ToLowerInvariant();

    public static JobResponse ToResponse(this Job job, string? project) =>
        new(
            job.Id,
            job.Kind,
            job.Name,
            project,
            job.DatasetId,
            Name(job.State),
            job.Progress,
            job.CancelRequested && !job.IsFinished,
            job.Error?.ToResponse(),
            job.QueuedAt,
            job.StartedAt,
            job.FinishedAt,
            job.State == JobState.Failed ? job.RetryUntil : null
        )
        {
            Estimate = job is { Kind: JobKinds.Probe, Result: { } result }
                ? JsonSerializer.Deserialize<RunEstimateResponse>(result, JsonSerializerOptions.Web)
                : null,
        };
}

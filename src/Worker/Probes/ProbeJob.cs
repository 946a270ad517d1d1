using System.Globalization;
using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Training.Data;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Training;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Probes;

/// <summary>Measures what a run would take, in a child process that does a few of its steps on a few of its pictures. One at a time: two
/// would measure each other.</summary>
internal sealed class ProbeJob(
    HeldJob job,
    IDbContexts contexts,
    IObjectStore store,
    PictureCache pictures,
    RunPreparation runs,
    DiskSpace disk,
    TimeProvider clock
) : ILightJob
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim OneAtATime = new(1);
    private readonly TrainerJob _trainer = new(job, contexts, store, clock);
    private RunEstimate? _estimate;

    public async Task<JobEnd> RunAsync(CancellationToken stop)
    {
        await OneAtATime.WaitAsync(stop);
        try
        {
            return await _trainer.RunAsync(PrepareAsync, _trainer.Child("probe", nice: 0), Longest, See, stop);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    public async Task WriteEndAsync(GpuGeekDbContext db, JobEnd end, CancellationToken cancellationToken)
    {
        if (_estimate is null || end is not JobEnd.Succeeded)
            return;
        var (org, id) = (job.Row.OrgId, job.Row.Id);
        var result = JsonSerializer.Serialize(_estimate, JsonSerializerOptions.Web);
        await db
            .Jobs.IgnoreTenantFilter()
            .Where(j => j.OrgId == org && j.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.Result, result), cancellationToken);
    }

    public Task CleanUpAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Failure DiedTooOften(int exitCode) =>
        new(
            "probe_failed",
            "The probe failed repeatedly",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The process that measures died {JobLane.MaxDeaths} times (exit code {exitCode}). "
            ) + "The training would probably die too.",
            "Choose a smaller network, a smaller input size or a smaller data.microBatch: it may need more memory than the worker has."
        );

    private void See(RunEvent one)
    {
        if (one is EstimatedEvent { Estimate: var estimate })
            _estimate = estimate;
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var request = JsonSerializer.Deserialize<ProbeRequest>(job.Row.Payload!, RunDirectory.Json)!;
        var org = job.Row.OrgId;
        var (version, images) = await _trainer.ReadAsync(request.Version, cancellationToken);
        string[] sample = [.. ProbeSample.Of(images, request.Recipe.Data.BatchSize).Select(i => i.Hash).Distinct()];
        await pictures.BringAsync(org, sample, _trainer.ImagesFolder, cancellationToken);
        var spec = new RunSpec
        {
            RunId = job.Row.Id,
            Attempt = 1,
            Recipe = request.Recipe,
            Classes = version.Classes,
            Images = images,
            ImagesDirectory = _trainer.ImagesFolder,
            WeightsFile = await runs.WeightsAsync(_trainer.Directory, org, request.Recipe, request.StartHash, cancellationToken),
            Threads = runs.Threads,
            ReserveBytes = disk.Reserve,
            Model = "",
            ModelVersion = 0,
        };
        RunPreparation.WriteSpec(_trainer.Directory, spec);
    }
}

using System.Globalization;
using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Training;

namespace GpuGeek.Worker.Embeddings;

/// <summary>Computes the embeddings of a dataset version's pictures, as a training of the preset <c>fast</c> needs them. A child process
/// decodes the pictures and runs the network.</summary>
internal sealed class EmbeddingJob(
    HeldJob job,
    IDbContexts contexts,
    IObjectStore store,
    PictureCache pictures,
    WeightsSource weights,
    EmbeddingTransfer transfer,
    DiskSpace disk,
    TimeProvider clock
) : ILightJob
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private readonly TrainerJob _trainer = new(job, contexts, store, clock);

    public async Task<JobEnd> RunAsync(CancellationToken stop)
    {
        try
        {
            // Nobody waits for it.
            return await _trainer.RunAsync(PrepareAsync, _trainer.Child("embed", nice: 10), Longest, _ => { }, stop);
        }
        finally
        {
            // However it ends: what is known need not be computed again.
            await transfer.KeepAsync(_trainer.Directory, job.Row.OrgId, CancellationToken.None);
        }
    }

    public Task WriteEndAsync(GpuGeekDbContext db, JobEnd end, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CleanUpAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Failure DiedTooOften(int exitCode) =>
        new(
            "embedding_failed",
            "Computing the embeddings failed repeatedly",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The process that computes them died {JobLane.MaxDeaths} times, the last time with exit code {exitCode}."
            ),
            "Retry it within 7 days. If it fails again, choose a smaller network."
        );

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var request = JsonSerializer.Deserialize<EmbeddingRequest>(job.Row.Payload!, JsonSerializerOptions.Web)!;
        var (version, images) = await _trainer.ReadAsync(request.Version, cancellationToken);
        await pictures.BringAsync(job.Row.OrgId, [.. images.Select(i => i.Hash)], _trainer.ImagesFolder, cancellationToken);
        var spec = new RunSpec
        {
            RunId = job.Row.Id,
            Attempt = 1,
            Recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Fast, ["model.architecture"] = request.Architecture }),
            Classes = version.Classes,
            Images = images,
            ImagesDirectory = _trainer.ImagesFolder,
            WeightsFile = await weights.ResolveAsync(request.Architecture, cancellationToken),
            // Light work leaves the processor to trainings.
            Threads = Math.Max(1, Environment.ProcessorCount / 2),
            ReserveBytes = disk.Reserve,
            Model = "",
            ModelVersion = 0,
        };
        await transfer.BringAsync(_trainer.Directory, spec, job.Row.OrgId, cancellationToken);
        RunPreparation.WriteSpec(_trainer.Directory, spec);
    }
}

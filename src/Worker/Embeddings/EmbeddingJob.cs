using System.Globalization;
using System.Text.Json;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Training.Weights;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Storage;
using Microsoft.EntityFrameworkCore;

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
    private readonly RunDirectory _directory = new(job.Directory.Root);
    private Failure? _failure;

    public async Task<JobEnd> RunAsync(CancellationToken stop)
    {
        try
        {
            await PrepareAsync(stop);
        }
        catch (WeightsException missing)
        {
            return new JobEnd.Failed(new(missing.Code, "The published weights are not available", missing.Message, missing.Hint));
        }
        catch (Exception broken) when (broken is ObjectNotFoundException or DamagedObjectException or DomainException)
        {
            return new JobEnd.Failed(
                new(
                    "object_missing",
                    "The dataset version cannot be read",
                    broken.Message,
                    "Ask the operator to check the object store's backup."
                )
            );
        }
        try
        {
            var events = new EventTail(_directory.Events);
            var exitCode = await ChildWork.RunAsync(Child(), Longest, clock, stop, () => PumpAsync(events, stop));
            return exitCode == TrainExitCode.Succeeded ? new JobEnd.Succeeded()
                : _failure is { } failure ? new JobEnd.Failed(failure)
                : new JobEnd.Died(exitCode);
        }
        finally
        {
            // However it ends: what is known need not be computed again.
            await transfer.KeepAsync(_directory, job.Row.OrgId, CancellationToken.None);
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
        var org = job.Row.OrgId;
        await using var db = contexts.System();
        var version = await db
            .DatasetVersions.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(v => v.OrgId == org && v.Id == request.Version, cancellationToken);
        var entries = await StoredManifest.ReadAsync(store, org, version.ManifestHash, cancellationToken);
        var images = Path.Combine(_directory.Root, "images");
        await pictures.BringAsync(org, [.. entries.Select(e => e.Hash)], images, cancellationToken);
        var spec = new RunSpec
        {
            RunId = job.Row.Id,
            Attempt = 1,
            Recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Fast, ["model.architecture"] = request.Architecture }),
            Classes = version.Classes,
            Images = [.. entries.Select(e => new RunImage(e.Hash, Array.IndexOf(version.Classes, e.Label), e.Split))],
            ImagesDirectory = images,
            WeightsFile = await weights.ResolveAsync(request.Architecture, cancellationToken),
            // Light work leaves the processor to trainings.
            Threads = Math.Max(1, Environment.ProcessorCount / 2),
            ReserveBytes = disk.Reserve,
            Model = "",
            ModelVersion = 0,
        };
        await transfer.BringAsync(_directory, spec, org, cancellationToken);
        RunPreparation.WriteSpec(_directory, spec);
    }

    private async Task<bool> PumpAsync(EventTail events, CancellationToken cancellationToken)
    {
        var read = events.Read();
        _failure = read.OfType<FailedEvent>().LastOrDefault()?.Failure ?? _failure;
        if (read.OfType<PhaseEvent>().LastOrDefault() is { } phase)
            await job.WriteAsync(phase.Progress, _ => Task.CompletedTask, cancellationToken);
        return read.Count > 0;
    }

    private ChildSpec Child() =>
        new()
        {
            Name = $"embeddings of {job.Row.Id:N}",
            FileName = OwnExecutable.Path,
            Arguments = ["embed", _directory.Root],
            LogFile = _directory.Log,
            Nice = 10,
        };
}

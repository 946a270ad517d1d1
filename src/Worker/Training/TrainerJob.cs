using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Training;
using GpuGeek.Training.Weights;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Runs;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Training;

/// <summary>Light work whose child process is the trainer, in the job's directory.</summary>
internal sealed class TrainerJob(HeldJob job, IDbContexts contexts, IObjectStore store, TimeProvider clock)
{
    private Failure? _failure;

    public RunDirectory Directory { get; } = new(job.Directory.Root);

    public string ImagesFolder => Path.Combine(Directory.Root, "images");

    /// <summary>The version and its pictures, as a run has them.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="DomainException">The manifest cannot be read.</exception>
    public async Task<(DatasetVersion Version, RunImage[] Images)> ReadAsync(Guid version, CancellationToken cancellationToken)
    {
        var org = job.Row.OrgId;
        await using var db = contexts.System();
        var row = await db
            .DatasetVersions.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(v => v.OrgId == org && v.Id == version, cancellationToken);
        var entries = await StoredManifest.ReadAsync(store, org, row.ManifestHash, cancellationToken);
        return (row, [.. entries.Select(e => new RunImage(e.Hash, Array.IndexOf(row.Classes, e.Label), e.Split))]);
    }

    /// <param name="prepare">Writes the spec.</param>
    /// <param name="see">Takes what the child says beside its phases and its failure.</param>
    public async Task<JobEnd> RunAsync(
        Func<CancellationToken, Task> prepare,
        ChildSpec child,
        TimeSpan longest,
        Action<RunEvent> see,
        CancellationToken stop
    )
    {
        try
        {
            await prepare(stop);
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
        var events = new EventTail(Directory.Events);
        var exitCode = await ChildWork.RunAsync(child, longest, clock, stop, () => PumpAsync(events, see, stop));
        return exitCode == TrainExitCode.Succeeded ? new JobEnd.Succeeded()
            : _failure is { } failure ? new JobEnd.Failed(failure)
            : new JobEnd.Died(exitCode);
    }

    /// <param name="nice">0: as a training.</param>
    public ChildSpec Child(string verb, int nice) =>
        new()
        {
            Name = $"{verb} of {job.Row.Id:N}",
            FileName = OwnExecutable.Path,
            Arguments = [verb, Directory.Root],
            Environment = TrainingAllocator.Variables(),
            LogFile = Directory.Log,
            Nice = nice,
        };

    private async Task<bool> PumpAsync(EventTail events, Action<RunEvent> see, CancellationToken cancellationToken)
    {
        var read = events.Read();
        _failure = read.OfType<FailedEvent>().LastOrDefault()?.Failure ?? _failure;
        read.ForEach(see);
        if (read.OfType<PhaseEvent>().LastOrDefault() is { } phase)
            await job.WriteAsync(phase.Progress, _ => Task.CompletedTask, cancellationToken);
        return read.Count > 0;
    }
}

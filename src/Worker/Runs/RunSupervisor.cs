using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Embeddings;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>Runs everything between a claim and the end of its lease.</summary>
internal sealed partial class RunSupervisor(
    IDbContexts contexts,
    ILiveNotifier live,
    TimeProvider clock,
    RunPlans plans,
    RunClaims claims,
    RunPreparation preparation,
    CheckpointTransfer checkpoints,
    ResultUpload results,
    EmbeddingTransfer embeddings,
    IOptions<WorkerOptions> options,
    ILogger<RunSupervisor> logger
)
{
    /// <summary>A draining worker exits after this time, even if trainers still run; their leases expire and other workers take
    /// over.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RoomLook = TimeSpan.FromSeconds(2);

    public async Task SuperviseAsync(HeldLease lease, CancellationToken draining)
    {
        var claim = lease.Claim;
        using var attempt = Attempt.AtRun(claim.RunId, claim.Attempt, claim.TraceParent);
        LogClaimed(claim.RunId, claim.Fence, claim.Attempt);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost);
        await using var drain = draining.Register(() => limit.CancelAfter(DrainLimit));
        var directory = new RunDirectory(DirectoryOf(claim.RunId));
        var writer = new RunWriter(contexts, live, clock, claim);
        using var recorder = new EventRecorder(directory, writer, checkpoints, clock);
        try
        {
            var end = await AttemptAsync(directory, recorder, claim, draining, limit.Token);
            await KeepEmbeddingsAsync(directory, claim, limit.Token);
            if (end is RunEnd.Finished)
                end = await PublishAsync(lease, directory, writer, recorder, limit.Token);
            attempt.EndsAs(end, isError: end is RunEnd.Failed or RunEnd.Died or RunEnd.WorkerFailed);
            await WriteEndAsync(end, lease, directory, writer, recorder, draining, limit.Token);
        }
        catch (Exception lost) when (lost is StaleFenceException || (lost is OperationCanceledException && limit.IsCancellationRequested))
        {
            // Another owner has the run, or will have it once the lease expires: nothing more is written.
            attempt.Lose();
            LogLost(claim.RunId, claim.Fence);
        }
    }

    /// <summary>They are derived: if they cannot be kept, the next training computes them again.</summary>
    private async Task KeepEmbeddingsAsync(RunDirectory directory, ClaimedRun claim, CancellationToken limit)
    {
        try
        {
            await embeddings.KeepAsync(directory, claim.OrgId, limit);
        }
        catch (Exception failure) when (failure is IOException or System.Data.Common.DbException or InvalidOperationException)
        {
            LogNotKept(failure, claim.RunId);
        }
    }

    private string DirectoryOf(Guid run) => Path.Combine(options.Value.Runs, run.ToString("N"));

    private async Task<RunEnd> AttemptAsync(
        RunDirectory directory,
        EventRecorder recorder,
        ClaimedRun claim,
        CancellationToken draining,
        CancellationToken limit
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(draining, limit);
        try
        {
            var plan = await DatabaseRetry.RunAsync(() => plans.ReadAsync(claim, either.Token), clock, either.Token);
            await preparation.PrepareAsync(directory, plan, claim, either.Token);
            return await new TrainerWatch(directory, claim, recorder, claims, options.Value, clock).RunAsync(draining, limit);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested && !limit.IsCancellationRequested)
        {
            return new RunEnd.GivenBack();
        }
        catch (RunCannotStartException reason)
        {
            return new RunEnd.Failed(reason.Failure);
        }
        catch (Exception full) when (DiskSpace.IsFull(full))
        {
            // Not the run's fault: it is claimed again when there is space.
            LogAttemptFailed(full, claim.RunId);
            const string message = "The disk is full. The run waits and continues from its last checkpoint when space is freed.";
            await recorder.SayAsync("warning", message, limit);
            return new RunEnd.GivenBack();
        }
        catch (Exception failure) when (failure is ChildStartException or TrainerProtocolException)
        {
            LogAttemptFailed(failure, claim.RunId);
            return new RunEnd.Died($"failed: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            LogAttemptFailed(failure, claim.RunId);
            return new RunEnd.WorkerFailed(failure.Message);
        }
    }

    private async Task WriteEndAsync(
        RunEnd end,
        HeldLease lease,
        RunDirectory directory,
        RunWriter writer,
        EventRecorder recorder,
        CancellationToken draining,
        CancellationToken limit
    )
    {
        switch (end)
        {
            case RunEnd.Failed failed:
                await EndAsync(lease, () => writer.FailAsync(failed.Failure, limit), limit);
                break;
            case RunEnd.Canceled:
                await EndAsync(lease, () => writer.CancelAsync(limit), limit);
                break;
            case RunEnd.GivenBack:
                await EndAsync(lease, () => writer.RequeueAsync(limit), limit);
                return;
            case RunEnd.Died died:
                await EndAsync(lease, () => writer.TrainerDiedAsync(died.How, limit), limit);
                return;
            case RunEnd.WorkerFailed failed:
                await EndAsync(lease, () => writer.WorkerBrokeOffAsync(failed.How, limit), limit);
                // Disk or store may need a moment, and another worker may succeed in the meantime.
                await Task.Delay(PauseAfterFailure, clock, draining);
                return;
        }
        await CleanAsync(directory, lease.Claim, limit);
    }

    /// <returns>The final end of the attempt: an unreadable result counts as a death.</returns>
    private async Task<RunEnd> PublishAsync(
        HeldLease lease,
        RunDirectory directory,
        RunWriter writer,
        EventRecorder recorder,
        CancellationToken limit
    )
    {
        try
        {
            var publication = await UploadAsync(lease, directory, recorder, limit);
            await EndAsync(lease, () => writer.SucceedAsync(publication, limit), limit);
            return new RunEnd.Finished();
        }
        catch (ResultDamagedException damaged)
        {
            LogAttemptFailed(damaged, lease.Claim.RunId);
            return new RunEnd.Died($"left an invalid result: {damaged.Message}");
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            LogAttemptFailed(failure, lease.Claim.RunId);
            return new RunEnd.WorkerFailed($"The result could not be stored: {failure.Message}");
        }
    }

    /// <summary>A result that does not fit on the disk waits for space: the training is complete and must not be repeated.</summary>
    private async Task<RunPublication> UploadAsync(HeldLease lease, RunDirectory directory, EventRecorder recorder, CancellationToken limit)
    {
        for (var said = false; ; said = true)
        {
            try
            {
                return await results.UploadAsync(directory, recorder.Result!, lease.Claim.OrgId, limit);
            }
            catch (Exception full) when (DiskSpace.IsFull(full))
            {
                if (!said)
                    await recorder.SayAsync("warning", "The disk is full. The result is stored when space is freed.", limit);
                await Task.Delay(RoomLook, clock, limit);
            }
        }
    }

    private Task EndAsync(HeldLease lease, Func<Task> write, CancellationToken limit)
    {
        lease.Ending();
        return DatabaseRetry.RunAsync(write, clock, limit);
    }

    private async Task CleanAsync(RunDirectory directory, ClaimedRun claim, CancellationToken cancellationToken)
    {
        if (Directory.Exists(directory.Root))
            Directory.Delete(directory.Root, recursive: true);
        await checkpoints.DeleteAsync(Domain.Storage.ObjectKeys.Organisation(claim.OrgId) + $"runs/{claim.RunId:N}", cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Run {RunId} claimed with fence {Fence}, attempt {Attempt}")]
    private partial void LogClaimed(Guid runId, long fence, int attempt);

    [LoggerMessage(LogLevel.Warning, "Lease of run {RunId} lost (fence {Fence}); its trainer is stopped and nothing more is written")]
    private partial void LogLost(Guid runId, long fence);

    [LoggerMessage(LogLevel.Warning, "Storing the embeddings of run {RunId} failed; the next training computes them again")]
    private partial void LogNotKept(Exception failure, Guid runId);

    [LoggerMessage(LogLevel.Error, "An attempt of run {RunId} failed")]
    private partial void LogAttemptFailed(Exception failure, Guid runId);
}

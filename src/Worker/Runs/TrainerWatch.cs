using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Training;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Lanes;

namespace GpuGeek.Worker.Runs;

/// <summary>One training process: starts it, records its events, stops it on request, and reports how it ended.</summary>
internal sealed class TrainerWatch(
    RunDirectory directory,
    ClaimedRun claim,
    EventRecorder recorder,
    RunClaims claims,
    WorkerOptions options,
    TimeProvider clock
)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private bool _cancelAsked;
    private Task? _stopping;

    /// <param name="draining">The worker is stopping: the training process saves its work and exits.</param>
    /// <param name="limit">Cancelled when the lease is lost or the time is over: the training process is killed.</param>
    public async Task<RunEnd> RunAsync(CancellationToken draining, CancellationToken limit)
    {
        LineTail.RemoveTornLine(directory.Events);
        await recorder.PumpAsync(final: true, limit);
        // What an earlier attempt has finished need not be repeated.
        if (End(TrainExitCode.Succeeded, draining) is { } finished and not RunEnd.Died)
            return finished;

        var child = ChildProcess.Start(Spec());
        await using var killed = limit.Register(child.Kill);
        try
        {
            await FollowAsync(child, draining, limit);
            await recorder.PumpAsync(final: true, limit);
        }
        finally
        {
            child.Kill();
            await child.Exited;
        }
        return End(await child.Exited, draining);
    }

    private async Task FollowAsync(ChildProcess child, CancellationToken draining, CancellationToken limit)
    {
        var (asked, recorded) = (clock.GetTimestamp(), clock.GetTimestamp());
        while (!child.Exited.IsCompleted)
        {
            if (clock.GetElapsedTime(recorded) >= options.Record)
            {
                recorded = clock.GetTimestamp();
                await recorder.PumpAsync(final: false, limit);
            }
            if (!_cancelAsked && clock.GetElapsedTime(asked) >= options.CancelPoll)
            {
                asked = clock.GetTimestamp();
                _cancelAsked = await DatabaseRetry.RunAsync(() => claims.CancelAskedAsync(claim, limit), clock, limit);
            }
            if (_cancelAsked || draining.IsCancellationRequested)
                _stopping ??= child.StopAsync(options.Grace, clock);
            await Task.WhenAny(child.Exited, Task.Delay(Look, clock, limit));
            limit.ThrowIfCancellationRequested();
        }
    }

    private RunEnd End(int exitCode, CancellationToken draining)
    {
        if (_cancelAsked)
            return new RunEnd.Canceled();
        if (recorder.Failure is { } failure)
            return new RunEnd.Failed(failure);
        if (recorder.Result is not null)
            return new RunEnd.Finished();
        if (exitCode == TrainExitCode.Failed)
            return new RunEnd.Failed(
                new("training_failed", "The training failed", "The training process failed without a reason.", "The log may contain more.")
            );
        if (draining.IsCancellationRequested)
            return new RunEnd.GivenBack();
        return new RunEnd.Died(Describe(exitCode));
    }

    private static string Describe(int exitCode) =>
        exitCode switch
        {
            128 + 9 => "was killed (signal 9), which the system does when memory runs out",
            128 + 11 => "crashed in native code (signal 11)",
            128 + 6 => "aborted in native code (signal 6)",
            > 128 => $"was stopped by signal {exitCode - 128}",
            TrainExitCode.Succeeded => "ended without a result",
            TrainExitCode.Stopped => "was stopped by another process",
            _ => $"exited with code {exitCode}",
        };

    private ChildSpec Spec()
    {
        string[] command = options.TrainerCommand ?? [OwnExecutable.Path, "train"];
        var spec = new ChildSpec
        {
            Name = $"trainer of {claim.RunId:N}",
            FileName = command[0],
            Arguments = [.. command[1..], directory.Root],
            Environment = TrainingAllocator.Variables(),
            LogFile = directory.Log,
            Nice = 5,
        };
        // The trainer sees its own GPU alone and calls it the first.
        if (claim.Device.IsGpu)
            spec.Environment["CUDA_VISIBLE_DEVICES"] = claim.Device.Id;
        return spec;
    }
}

using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Jobs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Infrastructure.Webhooks;
using GpuGeek.Worker.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Lanes;

/// <summary>A kind of job that this worker does.</summary>
internal sealed record JobKind(string Name, Type Type);

/// <summary>The lane of all light work: claims a job, runs the class of its kind, and records its end.</summary>
internal sealed partial class JobLane : ILaneWork
{
    /// <summary>Two deaths: the job's input itself may crash the child.</summary>
    public const int MaxDeaths = 2;
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(2);
    private readonly JobClaims _claims;
    private readonly Dictionary<string, Type> _kinds;
    private readonly string[] _names;
    private readonly IServiceProvider _services;
    private readonly DiskSpace _disk;
    private readonly TimeProvider _clock;
    private readonly WorkerOptions _options;
    private readonly ILogger<JobLane> _logger;

    public JobLane(
        JobClaims claims,
        IEnumerable<JobKind> kinds,
        IServiceProvider services,
        DiskSpace disk,
        TimeProvider clock,
        IOptions<WorkerOptions> options,
        ILogger<JobLane> logger
    )
    {
        (_claims, _services, _disk, _clock, _options, _logger) = (claims, services, disk, clock, options.Value, logger);
        _kinds = kinds.ToDictionary(kind => kind.Name, kind => kind.Type, StringComparer.Ordinal);
        _names = [.. _kinds.Keys];
        // Deletes what a killed worker left behind; no other worker uses this folder.
        new JobDirectory(_options.Jobs).Delete();
    }

    public string Name => "jobs";
    public int Width => 3;
    public string Announced => LiveChange.JobQueuedKind;

    public async Task<Func<Task>?> NextAsync(string owner, int place, CancellationToken draining) =>
        await _claims.NextAsync(_names, owner, _disk.Available(_options.Work), draining) is { } job ? () => RunAsync(job, draining) : null;

    private async Task RunAsync(Job row, CancellationToken draining)
    {
        using var attempt = Attempt.AtJob(row.Kind, row.Id, row.TraceParent);
        LogClaimed(row.Kind, row.Id, row.Fence);
        // One for each claim: a job that is given back may be claimed by another place of this lane before its directory is deleted.
        var directory = new JobDirectory(Path.Combine(_options.Jobs, FormattableString.Invariant($"{row.Id:N}-{row.Fence}")));
        await using var held = new HeldJob(row, directory, _claims, _clock, _logger, draining);
        var job = (ILightJob)ActivatorUtilities.CreateInstance(_services, _kinds[row.Kind], held);
        try
        {
            directory.Create();
            var end = await EndOfAsync(held, job);
            attempt.EndsAs(end, isError: end is JobEnd.Failed or JobEnd.Died);
            await RecordAsync(end, held, job, draining);
        }
        catch (Exception lost) when (lost is StaleJobException || (lost is OperationCanceledException && held.IsLost))
        {
            attempt.Lose();
            LogLost(row.Kind, row.Id);
        }
        finally
        {
            directory.Delete();
        }
    }

    private async Task<JobEnd> EndOfAsync(HeldJob held, ILightJob job)
    {
        if (held.IsCanceled)
            return new JobEnd.Canceled();
        if (held.Row.Lapses >= Restartable.MaxLapses)
        {
            held.Row.Keep(_clock.GetUtcNow());
            return new JobEnd.Failed(WorkerFailed);
        }
        try
        {
            return await job.RunAsync(held.Stop);
        }
        catch (OperationCanceledException) when (held.Stop.IsCancellationRequested && !held.IsLost)
        {
            return held.IsCanceled ? new JobEnd.Canceled() : new JobEnd.GivenBack(TimeSpan.Zero);
        }
        catch (Exception full) when (DiskSpace.IsFull(full))
        {
            LogNoSpace(held.Row.Kind, held.Row.Id);
            return new JobEnd.GivenBack(DiskPause);
        }
    }

    private async Task RecordAsync(JobEnd end, HeldJob held, ILightJob job, CancellationToken draining)
    {
        var row = held.Row;
        if (end is JobEnd.Died died)
        {
            end = new JobEnd.GivenBack(TimeSpan.Zero);
            if (row.CountDeath(MaxDeaths))
            {
                row.Keep(_clock.GetUtcNow());
                end = new JobEnd.Failed(job.DiedTooOften(died.ExitCode));
            }
        }
        if (end is JobEnd.GivenBack back)
        {
            await _claims.GiveBackAsync(row, back.After, CancellationToken.None);
            return;
        }
        var (state, error) = end switch
        {
            JobEnd.Succeeded => (JobState.Succeeded, null),
            JobEnd.Canceled => (JobState.Canceled, null),
            JobEnd.Failed failed => (JobState.Failed, failed.Failure),
            _ => throw new InvalidOperationException($"{end} is not an end."),
        };
        await DatabaseRetry.RunAsync(() => _claims.EndAsync(row, state, error, WriteAsync, CancellationToken.None), _clock, draining);
        LogEnded(row.Kind, row.Id, state, error?.Code);
        await job.CleanUpAsync(CancellationToken.None);

        async Task WriteAsync(GpuGeekDbContext db)
        {
            await job.WriteEndAsync(db, end, CancellationToken.None);
            await db.EnqueueAsync(WebhookEvents.Of(row, state, error?.Code), _clock.GetUtcNow(), CancellationToken.None);
            await db.SaveChangesAsync(CancellationToken.None);
        }
    }

    private static readonly Failure WorkerFailed = new(
        "worker_failed",
        "The worker failed repeatedly",
        $"The worker died or lost the job {Restartable.MaxLapses} times.",
        "Its upload is kept for 7 days: retry it when the worker works again. The operator finds the reason in the worker's log."
    );

    [LoggerMessage(LogLevel.Information, "Job {Kind} {JobId} claimed, fence {Fence}")]
    private partial void LogClaimed(string kind, Guid jobId, long fence);

    [LoggerMessage(LogLevel.Information, "Job {Kind} {JobId} ended: {State} {Code}")]
    private partial void LogEnded(string kind, Guid jobId, JobState state, string? code);

    [LoggerMessage(LogLevel.Warning, "Disk full: job {Kind} {JobId} waits until space is freed")]
    private partial void LogNoSpace(string kind, Guid jobId);

    [LoggerMessage(LogLevel.Warning, "Lease of job {Kind} {JobId} lost; another worker may own it")]
    private partial void LogLost(string kind, Guid jobId);
}

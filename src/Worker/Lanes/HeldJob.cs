using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Jobs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Worker.Telemetry;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Worker.Lanes;

/// <summary>A claimed job whose lease is being renewed.</summary>
internal sealed partial class HeldJob : IAsyncDisposable
{
    private readonly JobClaims _claims;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;

    public HeldJob(Job row, JobDirectory directory, JobClaims claims, TimeProvider clock, ILogger logger, CancellationToken draining)
    {
        (Row, Directory, _claims, _clock, _logger) = (row, directory, claims, clock, logger);
        IsCanceled = row.CancelRequested;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(draining);
        _renewing = RenewAsync();
    }

    /// <summary>The row as it was claimed.</summary>
    public Job Row { get; }
    public JobDirectory Directory { get; }

    /// <summary>The worker stops, the job was cancelled, or its lease is lost.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Whether its cancellation was requested.</summary>
    public bool IsCanceled { get; private set; }

    /// <summary>Another worker has it, or it was deleted.</summary>
    public bool IsLost { get; private set; }

    /// <summary>One transaction that only the job's owner can commit. Survives an outage of the database.</summary>
    /// <param name="progress">0..1; null keeps it.</param>
    /// <exception cref="StaleJobException"/>
    public Task WriteAsync(double? progress, Func<GpuGeekDbContext, Task> write, CancellationToken cancellationToken) =>
        DatabaseRetry.RunAsync(() => _claims.WriteAsync(Row, progress, write, cancellationToken), _clock, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
        _ended.Dispose();
        _stop.Dispose();
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Job.RenewEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
                if (await TryRenewAsync())
                    await _stop.CancelAsync();
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The job has ended.
        }
    }

    /// <returns>Whether the work must stop.</returns>
    private async Task<bool> TryRenewAsync()
    {
        try
        {
            IsCanceled |= await _claims.RenewAsync(Row, _ended.Token);
            return IsCanceled;
        }
        catch (StaleJobException)
        {
            IsLost = true;
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The work continues: the lease can be renewed as long as nobody has taken the job.
            WorkerMeter.FailedRenewals.Add(1, new KeyValuePair<string, object?>("gpugeek.lease", "job"));
            LogFailed(failure, Row.Id);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Renewing the lease of job {JobId} failed; retrying")]
    private partial void LogFailed(Exception failure, Guid jobId);
}

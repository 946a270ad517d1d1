using System.Collections.Concurrent;
using System.Data.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Worker.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Worker.Runs;

/// <summary>Renews all leases of this worker on a separate thread: a busy thread pool must not cost a run.</summary>
internal sealed partial class LeaseKeeper(RunClaims claims, ILogger<LeaseKeeper> logger) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<HeldLease, byte> _held = new();
    private readonly ManualResetEventSlim _stopping = new();
    private Thread? _thread;

    public HeldLease Hold(ClaimedRun claim)
    {
        var lease = new HeldLease(claim, held => _held.TryRemove(held, out _));
        _held.TryAdd(lease, 0);
        return lease;
    }

    /// <summary>Whether a slot of this worker has the run.</summary>
    public bool Holds(Guid run) => _held.Keys.Any(lease => lease.Claim.RunId == run);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread = new Thread(RenewAll)
        {
            IsBackground = true,
            Name = "lease keeper",
            Priority = ThreadPriority.AboveNormal,
        };
        _thread.Start();
        return Task.CompletedTask;
    }

    // Not yet: leases are renewed while the training processes save their work. The container disposes this object last.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping.Set();
        _thread?.Join();
        _stopping.Dispose();
    }

    private void RenewAll()
    {
        while (!_stopping.Wait(RunLease.RenewEvery))
            foreach (var lease in _held.Keys)
                Renew(lease);
    }

    private void Renew(HeldLease lease)
    {
        try
        {
            if (!claims.Renew(lease.Claim))
                lease.Lose();
        }
        catch (Exception failure)
            when (failure is DbException or TimeoutException or InvalidOperationException { InnerException: DbException })
        {
            // The database is not available. The child continues: the lease can be renewed as long as nobody has taken it.
            WorkerMeter.FailedRenewals.Add(1, new KeyValuePair<string, object?>("gpugeek.lease", "run"));
            LogUnreachable(failure, lease.Claim.RunId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Renewing the lease of run {RunId} failed")]
    private partial void LogUnreachable(Exception failure, Guid runId);
}

/// <summary>A lease that is being renewed.</summary>
internal sealed class HeldLease(ClaimedRun claim, Action<HeldLease> release) : IDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private volatile bool _ending;

    public ClaimedRun Claim => claim;

    /// <summary>Cancelled if another owner has the run.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The last write releases the lease: from here on, a refused renewal means nothing.</summary>
    public void Ending() => _ending = true;

    public void Lose()
    {
        if (!_ending)
            _lost.Cancel();
    }

    // The keeper's thread may still use this lease: the source has no timer and needs no disposal.
    public void Dispose() => release(this);
}

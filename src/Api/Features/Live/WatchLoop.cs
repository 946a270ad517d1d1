using System.Data;
using System.Text.Json;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Live;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Live;

/// <summary>
/// Rows first, notifications second: a notification makes a watch due immediately; without one it is due every 2 s. Each watch reads
/// everything after its own cursor, so nothing is missed or sent twice, whatever notification was lost or process restarted.
/// </summary>
internal sealed partial class WatchLoop(
    Watchers watchers,
    LiveListener listener,
    IDbContexts contexts,
    MembershipLookup memberships,
    TokenChecks tokens,
    TimeProvider clock,
    ILogger<WatchLoop> logger
) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void OnChanged(LiveChange change) => watchers.Touch(change.Subject);
        listener.Changed += OnChanged;
        listener.Reconnected += watchers.TouchAll;
        using var timer = new PeriodicTimer(Tick, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = clock.GetUtcNow();
                foreach (var watch in watchers.All.Where(w => w.IsDue(now)))
                    if (Interlocked.Exchange(ref watch.Busy, 1) == 0)
                        _ = SendAsync(watch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally
        {
            listener.Changed -= OnChanged;
            listener.Reconnected -= watchers.TouchAll;
        }
    }

    private async Task SendAsync(Watch watch, CancellationToken cancellationToken)
    {
        try
        {
            watch.Dirty = false;
            watch.LookedAt = clock.GetUtcNow();
            if (!await MayStillLookAsync(watch, cancellationToken))
            {
                watchers.Remove(watch.Connection.ConnectionId);
                watch.Connection.Abort();
                return;
            }
            await using var db = contexts.ForOrg(watch.Org);
            if (watch.IsRun)
                await SendRunAsync(db, watch, cancellationToken);
            else
                await SendImportAsync(db, watch, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The database is not available for a moment. The cursor stays, and the next round continues from it.
            LogLater(failure, watch.Subject);
        }
        finally
        {
            Volatile.Write(ref watch.Busy, 0);
        }
    }

    // A removed member or a revoked session loses access within one round.
    private async Task<bool> MayStillLookAsync(Watch watch, CancellationToken cancellationToken) =>
        Caller.From(watch.Connection.User!) is { } caller
        && await tokens.IsValidAsync(caller.Token, cancellationToken)
        && await memberships.FindAsync(watch.Slug, caller, cancellationToken) is not null;

    private static async Task SendRunAsync(GpuGeekDbContext db, Watch watch, CancellationToken cancellationToken)
    {
        // One snapshot: a log line read later than the points would move the cursor past points written in between.
        await using var snapshot = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var run = (await RunReader.ReadAsync(db, db.Runs.Where(r => r.Id == watch.Subject), cancellationToken)).FirstOrDefault();
        var points = await MetricReader.PointsAsync(db, watch.Subject, watch.After, null, MetricReader.PageSize, cancellationToken);
        var logs = await MetricReader.LogsAsync(db, watch.Subject, watch.After, MetricReader.PageSize, cancellationToken);
        // One cursor for both: if one list fills its page, the other must not move the cursor further.
        var end = Math.Min(
            points.Count == MetricReader.PageSize ? points[^1].Seq : long.MaxValue,
            logs.Count == MetricReader.PageSize ? logs[^1].Seq : long.MaxValue
        );
        points.RemoveAll(p => p.Seq > end);
        logs.RemoveAll(l => l.Seq > end);
        var last = Math.Max(watch.After, Math.Max(points.Count == 0 ? 0 : points[^1].Seq, logs.Count == 0 ? 0 : logs[^1].Seq));
        var state = JsonSerializer.Serialize(run, JsonSerializerOptions.Web);
        if (points.Count == 0 && logs.Count == 0 && state == watch.LastState)
            return;
        await watch.Client.SendAsync(
            LiveHub.Run,
            new RunUpdate(watch.Subject, points, logs, state == watch.LastState ? null : run, last),
            cancellationToken
        );
        (watch.After, watch.LastState) = (last, state);
        if (end != long.MaxValue)
            watch.Dirty = true;
    }

    private static async Task SendImportAsync(GpuGeekDbContext db, Watch watch, CancellationToken cancellationToken)
    {
        var import = await db
            .Imports.AsNoTracking()
            .Where(i => i.DatasetId == watch.Subject)
            .OrderByDescending(i => i.Id)
            .WithJobs(db)
            .FirstOrDefaultAsync(cancellationToken);
        if (import is null)
            return;
        var response = import.ToResponse(null, []);
        var state = JsonSerializer.Serialize(response, JsonSerializerOptions.Web);
        if (state == watch.LastState)
            return;
        await watch.Client.SendAsync(LiveHub.Import, response, cancellationToken);
        watch.LastState = state;
    }

    [LoggerMessage(LogLevel.Debug, "Sending updates of {Subject} failed; retrying later")]
    private partial void LogLater(Exception failure, Guid subject);
}

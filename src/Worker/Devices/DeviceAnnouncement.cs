using System.Data.Common;
using GpuGeek.Domain.Devices;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Training.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Devices;

/// <summary>
/// Announces the devices of this worker at its start and then again and again; a worker that stops takes its announcement back. That of
/// one that died does not count any more after a while, and the next announcement of any worker deletes it.
/// </summary>
internal sealed partial class DeviceAnnouncement(
    IDbContexts contexts,
    SlotDevices devices,
    IOptions<WorkerOptions> options,
    TimeProvider clock,
    ILogger<DeviceAnnouncement> logger
) : BackgroundService
{
    private readonly string _worker = $"{Environment.MachineName}:{options.Value.Work}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(options.Value.Heartbeat, clock);
        try
        {
            do await TryAsync(AnnounceAsync, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker is stopping.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await TryAsync(TakeBackAsync, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The database does not answer: the announcement stops counting by itself.
        }
    }

    internal async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var here = devices.All.Select(d => d.Device.Id).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM worker_devices
            WHERE seen_at < now() - {WorkerDevice.CountsFor} OR worker = {_worker} AND NOT device = ANY({here})
            """,
            cancellationToken
        );
        foreach (var (device, slots) in devices.All)
            await WriteAsync(db, device, slots, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private Task<int> WriteAsync(GpuGeekDbContext db, MachineDevice device, int slots, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO worker_devices (worker, device, class, class_name, model, memory_bytes, driver, libtorch, slots, seen_at)
            VALUES ({_worker}, {device.Id}, {device.Class}, {devices.Of(0).ClassName}, {Short(device.Model)}, {device.MemoryBytes},
                {device.Driver}, {TorchBuild.Version}, {slots}, now())
            ON CONFLICT (worker, device) DO UPDATE SET class = excluded.class, class_name = excluded.class_name, model = excluded.model,
                memory_bytes = excluded.memory_bytes, driver = excluded.driver, libtorch = excluded.libtorch, slots = excluded.slots,
                seen_at = excluded.seen_at
            """,
            cancellationToken
        );

    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await db.WorkerDevices.Where(d => d.Worker == _worker).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task TryAsync(Func<CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write(cancellationToken);
        }
        catch (Exception failure) when (DatabaseOutage.IsAway(failure) || failure is DbException or DbUpdateException)
        {
            // Until then the last announcement counts, and then none: runs that ask for this class are queued all the same.
            LogFailed(failure);
        }
    }

    private static string Short(string text) => text.Length <= WorkerDevice.LongestText ? text : text[..WorkerDevice.LongestText];

    [LoggerMessage(LogLevel.Warning, "Announcing this worker's devices failed; retrying")]
    private partial void LogFailed(Exception failure);
}

using System.Data.Common;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>Keeps the reserve as large as two checkpoints of the largest queued or active network, unless the operator has set
/// it.</summary>
internal sealed class LargestCheckpoint(IDbContexts contexts, DiskSpace disk, IOptions<DiskSpaceOptions> options, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ReserveBytes is not null)
            return;
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process is stopping.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = contexts.System();
            var asked = await db
                .Database.SqlQuery<string>(
                    $"""
                    SELECT DISTINCT recipe->'model'->>'architecture' AS "Value" FROM runs WHERE finished_at IS NULL
                    """
                )
                .ToListAsync(cancellationToken);
            disk.Expect(asked.Select(DiskSpace.CheckpointBytes).DefaultIfEmpty(0).Max());
        }
        catch (Exception away) when (away is DbException or TimeoutException or InvalidOperationException)
        {
            // The reserve does not change until the database responds.
        }
    }
}

using System.Globalization;
using GpuGeek.Domain.Models;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Infrastructure.Storage;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>Finds the queued runs that fit on this worker's disk; the others wait, and their logs say so once until there is space
/// again.</summary>
internal sealed class RunRoom(RunClaims claims, DiskSpace disk, IOptions<WorkerOptions> options)
{
    private readonly HashSet<Guid> _told = [];
    private readonly Lock _gate = new();

    /// <returns>Architectures whose runs fit; null: all.</returns>
    public string[]? Fitting()
    {
        var available = disk.Available(options.Value.Work);
        string[] fitting = [.. ModelCatalog.All.Keys.Where(name => DiskSpace.RunBytes(name) <= available)];
        if (fitting.Length < ModelCatalog.All.Count)
            return fitting;
        lock (_gate)
            _told.Clear();
        return null;
    }

    /// <summary>Writes a line into the log of each queued run that must wait.</summary>
    public async Task TellAsync(string[] fitting, CancellationToken cancellationToken)
    {
        Guid[] told;
        lock (_gate)
            told = [.. _told];
        var free = (disk.Available(options.Value.Work) / 1e9).ToString("0.0", CultureInfo.InvariantCulture);
        var message =
            $"The run waits for disk space: the checkpoints and the result of this network do not fit into the {free} GB available. "
            + "It starts automatically when space is freed.";
        var now = await claims.TellWaitingAsync(fitting, told, message, cancellationToken);
        lock (_gate)
            _told.UnionWith(now);
    }
}

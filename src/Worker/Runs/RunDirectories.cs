using System.Collections.Concurrent;
using GpuGeek.Infrastructure.Runs;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>The directories of this worker's runs: none is removed while a slot uses it.</summary>
internal sealed class RunDirectories(LeaseKeeper keeper, RunPlans plans, IOptions<WorkerOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly ConcurrentDictionary<Guid, byte> _used = new();

    /// <summary>Another process has the run's directory until this is disposed.</summary>
    public async Task<IDisposable> UseAsync(Guid run)
    {
        await _gate.WaitAsync();
        try
        {
            _used[run] = 0;
            return new Use(() => _used.TryRemove(run, out _));
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed class Use(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    /// <summary>A run that has just ended may be resumed and claimed: its directory is not removed while a slot has the run, and no slot
    /// gets the run while the directory is being removed.</summary>
    public async Task<HeldLease> HoldAsync(ClaimedRun claim)
    {
        await _gate.WaitAsync();
        try
        {
            return keeper.Hold(claim);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes directories of ended runs: they ended on another worker, or failed here and can be resumed from the
    /// store.</summary>
    public async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var directories = Directory
                .EnumerateDirectories(options.Value.Runs)
                .Select(path => (Path: path, Known: Guid.TryParseExact(Path.GetFileName(path), "N", out var id), Id: id))
                .Where(d => d.Known)
                .ToList();
            if (directories.Count == 0)
                return;
            var over = await plans.OverAsync([.. directories.Select(d => d.Id)], cancellationToken);
            foreach (var directory in directories.Where(d => over.Contains(d.Id) && !keeper.Holds(d.Id) && !_used.ContainsKey(d.Id)))
                Directory.Delete(directory.Path, recursive: true);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}

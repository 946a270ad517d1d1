using GpuGeek.ChildProcesses;

namespace GpuGeek.AppHost.Hosting;

/// <summary>A child process that is restarted when it dies, until it dies too often in too short a time.</summary>
/// <param name="beforeRestart">Cleans up after the dead process.</param>
internal sealed class ManagedHost(ChildSpec spec, Func<Task>? beforeRestart = null)
{
    private const int MaxQuickDeaths = 5;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WhileFull = TimeSpan.FromSeconds(2);

    /// <summary>PostgreSQL needs a few files of 16 MiB at a time.</summary>
    private const long Room = 64 << 20;
    private readonly TaskCompletionSource<PartFailedException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private ChildProcess? _current;
    private bool _stopping;

    public string Name => spec.Name;

    /// <summary>Completes when the process will not be restarted.</summary>
    public Task<PartFailedException> Failed => _failed.Task;

    /// <returns>The first process.</returns>
    /// <exception cref="PartFailedException">The program cannot be started at all.</exception>
    public ChildProcess Start()
    {
        var first = Launch()!;
        _ = KeepAliveAsync(first);
        return first;
    }

    public async Task StopAsync(TimeSpan patience, int signal = Signals.Terminate)
    {
        if (StopRestarting() is { } child)
            await child.StopAsync(patience, TimeProvider.System, signal);
    }

    public void Kill() => StopRestarting()?.Kill();

    private async Task KeepAliveAsync(ChildProcess child)
    {
        for (var quickDeaths = 0; ; )
        {
            var startedAt = TimeProvider.System.GetTimestamp();
            var code = await child.Exited;
            if (IsStopping())
                return;
            quickDeaths = TimeProvider.System.GetElapsedTime(startedAt) < Quick ? quickDeaths + 1 : 0;
            // A full disk is not the program's fault: it is restarted until there is space.
            var isFull = DiskIsFull();
            if (isFull)
                quickDeaths = 0;
            if (quickDeaths >= MaxQuickDeaths)
            {
                Fail($"it exited {MaxQuickDeaths} times shortly after its start (exit code {code}).");
                return;
            }
            await Task.Delay(isFull ? WhileFull : TimeSpan.FromMilliseconds(200 * Math.Pow(2, quickDeaths)));
            try
            {
                if (beforeRestart is not null)
                    await beforeRestart();
                if (Launch() is not { } next)
                    return;
                child = next;
            }
            catch (Exception failure)
            {
                Fail($"it exited (code {code}), and restarting it failed: {failure.Message}");
                return;
            }
        }
    }

    /// <returns>Null if it is being stopped.</returns>
    private ChildProcess? Launch()
    {
        try
        {
            lock (_gate)
                return _stopping ? null : _current = ChildProcess.Start(spec);
        }
        catch (ChildStartException failed)
        {
            throw new PartFailedException(Name, $"it could not be started ({failed.InnerException!.Message}).");
        }
    }

    private bool DiskIsFull() => new DriveInfo(Path.GetDirectoryName(spec.LogFile)!).AvailableFreeSpace < Room;

    private ChildProcess? StopRestarting()
    {
        lock (_gate)
        {
            _stopping = true;
            return _current;
        }
    }

    private bool IsStopping()
    {
        lock (_gate)
            return _stopping;
    }

    private void Fail(string why) => _failed.TrySetResult(new(Name, why, LogFile.Tail(spec.LogFile)));
}

namespace GpuGeek.AppHost.Hosting;

/// <summary>One of our hosts: started again when it dies, until it dies too often too fast.</summary>
internal sealed class ManagedHost(ChildSpec spec)
{
    private const int MaxQuickDeaths = 5;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource<PartFailedException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? _current;
    private volatile bool _stopping;
    private int _quickDeaths;

    public string Name => spec.Name;

    /// <summary>Completes when it will not be started again.</summary>
    public Task<PartFailedException> Failed => _failed.Task;

    public void Start()
    {
        var child = _current = ChildProcess.Start(spec);
        _ = WatchAsync(child, TimeProvider.System.GetTimestamp());
    }

    public async Task StopAsync(TimeSpan patience)
    {
        _stopping = true;
        if (_current is { } child) await child.StopAsync(PosixSignalNumber.Terminate, patience);
    }

    public void Kill()
    {
        _stopping = true;
        _current?.Kill();
    }

    private async Task WatchAsync(ChildProcess child, long startedAt)
    {
        var code = await child.Exited;
        if (_stopping) return;
        _quickDeaths = TimeProvider.System.GetElapsedTime(startedAt) < Quick ? _quickDeaths + 1 : 0;
        if (_quickDeaths >= MaxQuickDeaths)
        {
            _failed.TrySetResult(new(Name, $"it has ended {MaxQuickDeaths} times shortly after its start (exit code {code}).", LogFile.Tail(spec.LogFile)));
            return;
        }
        await Task.Delay(TimeSpan.FromMilliseconds(200 * Math.Pow(2, _quickDeaths)));
        if (!_stopping) Start();
    }
}

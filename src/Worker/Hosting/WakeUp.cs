namespace GpuGeek.Worker.Hosting;

/// <summary>Lets a sweep look at once instead of at its next turn. Any number of calls wake it once.</summary>
internal class WakeUp : IDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _signal = new(0, 1);

    public void Signal()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    public void Dispose()
    {
        _signal.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Until somebody signals, at most two seconds.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _signal.WaitAsync(Turn, cancellationToken);
}

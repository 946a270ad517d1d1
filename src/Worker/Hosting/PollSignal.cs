using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Hosting;

/// <summary>Lets a sweep look at once instead of at its next turn. Any number of calls wake it once.</summary>
internal class PollSignal(IOptions<WorkerOptions> options) : IDisposable
{
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

    /// <summary>Until somebody signals, at most <see cref="WorkerOptions.Poll"/>.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _signal.WaitAsync(options.Value.Poll, cancellationToken);
}

using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Lanes;

/// <summary>Starts the next poll immediately instead of at its next turn. Several signals start it once.</summary>
internal sealed class PollSignal(IOptions<WorkerOptions> options) : IDisposable
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
            // Already signalled.
        }
    }

    public void Dispose() => _signal.Dispose();

    /// <summary>Waits for a signal, at most for <see cref="WorkerOptions.Poll"/>.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _signal.WaitAsync(options.Value.Poll, cancellationToken);
}

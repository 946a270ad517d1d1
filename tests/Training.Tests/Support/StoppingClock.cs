namespace GpuGeek.Training.Tests.Support;

/// <summary>Asks for a stop when the given number of events has been written (each takes the time once): a cut at a chosen place, without a
/// race.</summary>
internal sealed class StoppingClock(int events, CancellationTokenSource stop) : TimeProvider
{
    private int _seen;

    public override DateTimeOffset GetUtcNow()
    {
        if (Interlocked.Increment(ref _seen) == events)
            stop.Cancel();
        return base.GetUtcNow();
    }
}

namespace GpuGeek.Inference;

/// <summary>The right to work in <paramref name="slots"/> slots, given by <see cref="FairTurns"/>. It must be ended exactly once.</summary>
public sealed class Turn(int slots, Action<TimeSpan> end)
{
    /// <param name="cost">Processor time that the work took.</param>
    public void End(TimeSpan cost) => end(cost);

    /// <summary>Does the work on this thread and ends the turn with what it cost: the processor time of this thread in each slot, since
    /// ONNX Runtime gives the calling thread as much to do as each of its own.</summary>
    public T Run<T>(Func<T> work)
    {
        var before = ProcessorTime.OfThread();
        try
        {
            return work();
        }
        finally
        {
            End((ProcessorTime.OfThread() - before) * slots);
        }
    }
}

using System.Runtime.ExceptionServices;

namespace GpuGeek.Training.Data;

/// <summary>Processes single pictures on half the processors; the other half runs the training step.</summary>
internal static class DecodeThreads
{
    private static readonly ParallelOptions Options = new() { MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / 2) };

    /// <summary>Runs <paramref name="work"/> for 0..count-1. Rethrows the first exception unchanged.</summary>
    public static void For(int count, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, Options, work);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }
}

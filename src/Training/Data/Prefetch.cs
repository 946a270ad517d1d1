using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace GpuGeek.Training.Data;

/// <summary>Enumerates on a thread of its own, a bounded number of items ahead of the reader: decoding hides behind the step.</summary>
internal static class Prefetch
{
    /// <param name="capacity">Items held at most.</param>
    public static IEnumerable<T> Ahead<T>(IEnumerable<T> source, int capacity)
    {
        using var queue = new BlockingCollection<T>(capacity);
        using var abandoned = new CancellationTokenSource();
        ExceptionDispatchInfo? failure = null;
        var producer = new Thread(() =>
        {
            try
            {
                foreach (var item in source)
                    queue.Add(item, abandoned.Token);
            }
            catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
            {
                // The reader left early: nobody waits for the rest.
            }
            catch (Exception broken)
            {
                failure = ExceptionDispatchInfo.Capture(broken);
            }
            queue.CompleteAdding();
        })
        {
            IsBackground = true,
            Name = "pictures",
        };
        producer.Start();
        try
        {
            foreach (var item in queue.GetConsumingEnumerable())
                yield return item;
        }
        finally
        {
            abandoned.Cancel();
            producer.Join();
        }
        failure?.Throw();
    }
}

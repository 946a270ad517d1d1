using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace GpuGeek.Training.Data;

/// <summary>Enumerates on a separate thread, a bounded number of items ahead of the reader: decoding overlaps with the training
/// step.</summary>
internal static class Prefetch
{
    /// <param name="capacity">Maximum number of buffered items.</param>
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
                // The reader stopped early: the rest is not needed.
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

using System.Threading.Channels;

namespace GpuGeek.Inference;

/// <param name="MaxBatch">Maximum number of pictures in one run of the network.</param>
/// <param name="QueueLimit">Maximum number of waiting pictures; more are refused immediately.</param>
/// <param name="QueueTimeoutMs">A picture that has waited longer is refused: its sender has given up, and running it would delay the
/// others.</param>
public sealed record BatcherOptions(int MaxBatch = 16, int QueueLimit = 128, int QueueTimeoutMs = 3000);

/// <summary>The queue refused a picture.</summary>
public sealed class QueueRefusedException(string code, string detail) : Exception(detail)
{
    /// <summary><c>queue_full</c> or <c>queue_timeout</c>.</summary>
    public string Code { get; } = code;
}

/// <summary>One row of logits, with timings.</summary>
public sealed record BatchedLogits(float[] Logits, double QueueMs, double InferMs);

/// <summary>
/// Runs all waiting pictures as one batch. There is no artificial delay: while one batch runs, the next one collects, so an idle server
/// responds immediately and a busy one uses batches.
/// </summary>
public sealed class DynamicBatcher : IAsyncDisposable
{
    private sealed record Item(float[] Input, long EnqueuedAt, TaskCompletionSource<BatchedLogits> Done, CancellationToken Canceled);

    private readonly Func<Memory<float>, int, float[]> _run;
    private readonly int _inputLength;
    private readonly BatcherOptions _options;
    private readonly TimeProvider _clock;
    private readonly Channel<Item> _queue;
    private readonly Task _loop;
    private int _waiting;

    /// <param name="run">(batch, count) → count × classes logits.</param>
    /// <param name="inputLength">Number of floats of one picture.</param>
    /// <param name="clock">Measures the waiting time of pictures; null: the system's clock.</param>
    public DynamicBatcher(Func<Memory<float>, int, float[]> run, int inputLength, BatcherOptions options, TimeProvider? clock = null)
    {
        (_run, _inputLength, _options, _clock) = (run, inputLength, options, clock ?? TimeProvider.System);
        _queue = Channel.CreateUnbounded<Item>(new() { SingleReader = true });
        _loop = Task.Factory.StartNew(LoopAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <exception cref="QueueRefusedException"/>
    public Task<BatchedLogits> EnqueueAsync(float[] input, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > _options.QueueLimit)
        {
            Interlocked.Decrement(ref _waiting);
            throw new QueueRefusedException("queue_full", $"{_options.QueueLimit} pictures are already waiting.");
        }
        var item = new Item(input, _clock.GetTimestamp(), new(TaskCreationOptions.RunContinuationsAsynchronously), cancellationToken);
        return _queue.Writer.TryWrite(item) ? item.Done.Task : throw new ObjectDisposedException(nameof(DynamicBatcher));
    }

    /// <summary>Completes the waiting pictures, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task LoopAsync()
    {
        var batch = new float[_options.MaxBatch * _inputLength];
        var items = new List<Item>(_options.MaxBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            items.Clear();
            while (items.Count < _options.MaxBatch && _queue.Reader.TryRead(out var item))
            {
                Interlocked.Decrement(ref _waiting);
                if (item.Canceled.IsCancellationRequested)
                    item.Done.TrySetCanceled(item.Canceled);
                else if (_clock.GetElapsedTime(item.EnqueuedAt).TotalMilliseconds > _options.QueueTimeoutMs)
                    item.Done.TrySetException(
                        new QueueRefusedException(
                            "queue_timeout",
                            $"The picture waited longer than {_options.QueueTimeoutMs / 1000.0:0.#} s."
                        )
                    );
                else
                    items.Add(item);
            }
            if (items.Count > 0)
                Run(items, batch);
        }
    }

    private void Run(List<Item> items, float[] batch)
    {
        var started = _clock.GetTimestamp();
        InferenceMeter.BatchSize.Record(items.Count);
        try
        {
            for (var i = 0; i < items.Count; i++)
                items[i].Input.CopyTo(batch, i * _inputLength);
            var logits = _run(batch.AsMemory(0, items.Count * _inputLength), items.Count);
            var (ended, classes) = (_clock.GetTimestamp(), logits.Length / items.Count);
            for (var i = 0; i < items.Count; i++)
            {
                var (queued, inferred) = (_clock.GetElapsedTime(items[i].EnqueuedAt, started), _clock.GetElapsedTime(started, ended));
                items[i]
                    .Done.TrySetResult(
                        new(logits.AsSpan(i * classes, classes).ToArray(), queued.TotalMilliseconds, inferred.TotalMilliseconds)
                    );
            }
        }
        catch (Exception failure)
        {
            // Only the pictures of this batch fail: the next batch may succeed.
            foreach (var item in items)
                item.Done.TrySetException(failure);
        }
    }
}

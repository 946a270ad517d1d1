using System.Collections.Concurrent;
using System.Threading.Channels;

namespace GpuGeek.Inference;

/// <param name="MaxBatch">Maximum number of pictures in one run of the network. Larger batches are slower on a processor: MobileNetV2 took
/// 7.2 ms of processor time per picture in batches of 1, 2 and 4, and 11.3 ms in batches of 8 and 16, whose tensors are too large for the
/// memory that malloc keeps.</param>
/// <param name="QueueLimit">Maximum number of waiting pictures; more are refused immediately.</param>
/// <param name="QueueTimeoutMs">A picture that has waited longer is refused: its sender has given up, and running it would delay the
/// others.</param>
public sealed record BatcherOptions(int MaxBatch = 4, int QueueLimit = 128, int QueueTimeoutMs = 3000)
{
    private const int OnGpu = 16;

    public static BatcherOptions For(ExecutionProvider provider) => provider == ExecutionProvider.Cpu ? new() : new(OnGpu);
}

/// <summary>The queue refused a picture.</summary>
public sealed class QueueRefusedException(string code, string detail) : Exception(detail)
{
    /// <summary><c>queue_full</c> or <c>queue_timeout</c>.</summary>
    public string Code { get; } = code;
}

/// <summary>One row of logits, with timings.</summary>
public sealed record BatchedLogits(float[] Logits, double QueueMs, double InferMs);

/// <summary>Where a batcher gets its turns.</summary>
/// <param name="Organisation">Whose work it is.</param>
/// <param name="Width">Slots that one run of the network occupies.</param>
public sealed record BatcherTurns(FairTurns Turns, string Organisation, int Width)
{
    /// <summary>One batch at a time, for one organisation.</summary>
    public static BatcherTurns Alone => new(new(1), "", 1);

    public Task<Turn> EnterAsync() => Turns.EnterAsync(Organisation, Width, CancellationToken.None);

    public bool AreShared => Turns.IsShared(Organisation);
}

/// <summary>
/// Runs waiting pictures in batches. There is no artificial delay: while the batcher waits for its turn, the next batch collects, so an
/// idle server responds immediately and a busy one uses batches. Batches run at the same time if the turns allow it.
/// </summary>
public sealed class DynamicBatcher : IAsyncDisposable
{
    private sealed record Item(float[] Input, long EnqueuedAt, TaskCompletionSource<BatchedLogits> Done, CancellationToken Canceled);

    private readonly Func<Memory<float>, int, float[]> _run;
    private readonly int _inputLength;
    private readonly BatcherOptions _options;
    private readonly BatcherTurns _turns;
    private readonly TimeProvider _clock;
    private readonly Channel<Item> _queue;
    private readonly ConcurrentBag<float[]> _buffers = [];
    private readonly Task _loop;
    private int _waiting;

    /// <summary>Elapsed time per picture of the last batch.</summary>
    private long _ticksPerPicture;

    /// <param name="run">(batch, count) → count × classes logits; called at the same time by several threads.</param>
    /// <param name="inputLength">Number of floats of one picture.</param>
    /// <param name="turns">Null: one batch at a time.</param>
    /// <param name="clock">Measures the waiting time of pictures; null: the system's clock.</param>
    public DynamicBatcher(
        Func<Memory<float>, int, float[]> run,
        int inputLength,
        BatcherOptions options,
        BatcherTurns? turns = null,
        TimeProvider? clock = null
    )
    {
        (_run, _inputLength, _options) = (run, inputLength, options);
        (_turns, _clock) = (turns ?? BatcherTurns.Alone, clock ?? TimeProvider.System);
        _queue = Channel.CreateUnbounded<Item>(new() { SingleReader = true });
        _loop = Task.Run(LoopAsync);
    }

    /// <param name="input">At least the floats of one picture; not to be changed before the result has come.</param>
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
        var running = new List<Task>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            var turn = await _turns.EnterAsync();
            var items = Collect();
            running.RemoveAll(batch => batch.IsCompleted);
            if (items.Count > 0)
                running.Add(Task.Run(() => turn.Run(() => Run(items))));
            else
                turn.End(TimeSpan.Zero);
        }
        await Task.WhenAll(running);
    }

    private List<Item> Collect()
    {
        var items = new List<Item>(_options.MaxBatch);
        var most = MostPictures();
        while (items.Count < most && _queue.Reader.TryRead(out var item))
        {
            Interlocked.Decrement(ref _waiting);
            if (item.Canceled.IsCancellationRequested)
                item.Done.TrySetCanceled(item.Canceled);
            else if (_clock.GetElapsedTime(item.EnqueuedAt).TotalMilliseconds > _options.QueueTimeoutMs)
                item.Done.TrySetException(
                    new QueueRefusedException("queue_timeout", $"The picture waited longer than {_options.QueueTimeoutMs / 1000.0:0.#} s.")
                );
            else
                items.Add(item);
        }
        return items;
    }

    // A batch cannot be interrupted: if others use the machine too, it may last one quantum, or one picture if that is longer.
    private int MostPictures()
    {
        var each = Interlocked.Read(ref _ticksPerPicture);
        return each == 0 || !_turns.AreShared ? _options.MaxBatch : (int)Math.Clamp(FairTurns.Quantum.Ticks / each, 1, _options.MaxBatch);
    }

    private int Run(List<Item> items)
    {
        var started = _clock.GetTimestamp();
        float[]? buffer = null;
        InferenceMeter.BatchSize.Record(items.Count);
        try
        {
            var batch = items.Count == 1 ? items[0].Input : buffer = Gather(items);
            var logits = _run(batch.AsMemory(0, items.Count * _inputLength), items.Count);
            var (inferred, classes) = (_clock.GetElapsedTime(started), logits.Length / items.Count);
            Interlocked.Exchange(ref _ticksPerPicture, inferred.Ticks / items.Count);
            for (var i = 0; i < items.Count; i++)
            {
                var queued = _clock.GetElapsedTime(items[i].EnqueuedAt, started);
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
        if (buffer is not null)
            _buffers.Add(buffer);
        return items.Count;
    }

    private float[] Gather(List<Item> items)
    {
        if (!_buffers.TryTake(out var batch))
            batch = new float[_options.MaxBatch * _inputLength];
        for (var i = 0; i < items.Count; i++)
            items[i].Input.AsSpan(0, _inputLength).CopyTo(batch.AsSpan(i * _inputLength));
        return batch;
    }
}

using GpuGeek.TestSupport;

namespace GpuGeek.Inference.Tests;

public sealed class ServingAModel
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probabilities_are_those_computed_by_hand()
    {
        var tiny = new TinyOnnx();
        var onnx = tiny.Build();
        await using var model = new ServedModel(tiny.Manifest(onnx, temperature: 2), onnx, 1, new());
        var (probabilities, _) = await model.PredictAsync(tiny.Picture(1, 2, 3), Cancel);
        var expected = new[] { 0.5, 1.0, 1.5 }.Select(Math.Exp).ToArray();
        for (var i = 0; i < 3; i++)
            Assert.Equal(expected[i] / expected.Sum(), probabilities[i], 1e-6);
    }

    [Fact]
    public async Task In_two_thousand_pictures_at_once_no_answer_is_another_ones()
    {
        var tiny = new TinyOnnx();
        var onnx = tiny.Build();
        await using var model = new ServedModel(tiny.Manifest(onnx), onnx, 1, new(MaxBatch: 16, QueueLimit: 4000, QueueTimeoutMs: 60_000));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2_000),
            new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancel },
            async (i, token) =>
            {
                var (_, batch) = await model.PredictAsync(tiny.Picture(i, i + 1, -i), token);
                Assert.Equal([i, i + 1, -i], batch.Logits);
            }
        );
    }

    [Fact]
    public async Task A_batch_answers_as_each_picture_alone_would()
    {
        var tiny = new TinyOnnx { Side = 8, Weights = [0.3f, -1.2f, 0.7f, 2.5f, 0.1f, -0.4f] };
        using var session = new CoreSession(tiny.Build(), 1);
        var random = new Random(1);
        var batch = new float[16 * 3 * 64];
        for (var i = 0; i < batch.Length; i++)
            batch[i] = random.NextSingle();
        var together = session.Logits(batch, 16);
        for (var n = 0; n < 16; n++)
        {
            var alone = session.Logits(batch.AsMemory(n * 192, 192).ToArray(), 1);
            for (var c = 0; c < 2; c++)
                Assert.Equal(alone[c], together[n * 2 + c], 1e-5);
        }
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_file_that_is_not_the_manifests_is_refused()
    {
        var tiny = new TinyOnnx();
        var onnx = tiny.Build();
        var other = new TinyOnnx { Weights = [2, 0, 0, 0, 2, 0, 0, 0, 2] }.Build();
        Assert.Equal("model_hash", Assert.Throws<ModelRefusedException>(() => new ServedModel(tiny.Manifest(onnx), other, 1, new())).Code);
        await Task.CompletedTask;
    }
}

public sealed class TheQueue
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A network that runs as long as the test says.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Open { get; } = new(false);

        /// <summary>Ends when the first batch is in the network.</summary>
        public Task Entered => _entered.Task;
        public List<int> Batches { get; } = [];

        public float[] Run(Memory<float> batch, int count)
        {
            _entered.TrySetResult();
            Open.Wait();
            lock (Batches)
                Batches.Add(count);
            return batch.ToArray();
        }
    }

    private static async Task FillAsync(Gate gate, DynamicBatcher batcher, List<Task<BatchedLogits>> tasks, int count)
    {
        tasks.Add(batcher.EnqueueAsync([0], Cancel));
        await gate.Entered.WaitAsync(Cancel);
        for (var i = 1; i < count; i++)
            tasks.Add(batcher.EnqueueAsync([i], Cancel));
        Assert.Empty(gate.Batches);
    }

    [Fact]
    public async Task What_gathers_while_the_network_runs_goes_together()
    {
        var gate = new Gate();
        await using var batcher = new DynamicBatcher(gate.Run, 1, new(MaxBatch: 8));
        var tasks = new List<Task<BatchedLogits>>();
        await FillAsync(gate, batcher, tasks, 11);
        gate.Open.Set();
        var answers = await Task.WhenAll(tasks);
        Assert.Equal(Enumerable.Range(0, 11).Select(i => (float)i), answers.Select(a => a.Logits[0]));
        Assert.Equal([1, 8, 2], gate.Batches);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        var gate = new Gate();
        await using var batcher = new DynamicBatcher(gate.Run, 1, new(QueueLimit: 3));
        var tasks = new List<Task<BatchedLogits>>();
        await FillAsync(gate, batcher, tasks, 4);
        Assert.Equal(
            "queue_full",
            Assert
                .Throws<QueueRefusedException>(() =>
                {
                    _ = batcher.EnqueueAsync([9], Cancel);
                })
                .Code
        );
        gate.Open.Set();
        await Task.WhenAll(tasks);
        await batcher.EnqueueAsync([10], Cancel);
    }

    [Fact]
    public async Task What_waited_too_long_never_reaches_the_network()
    {
        var gate = new Gate();
        var clock = new ManualClock();
        await using var batcher = new DynamicBatcher(gate.Run, 1, new(QueueTimeoutMs: 50), clock: clock);
        var tasks = new List<Task<BatchedLogits>>();
        await FillAsync(gate, batcher, tasks, 2);
        clock.Advance(TimeSpan.FromMilliseconds(51));
        gate.Open.Set();
        await tasks[0];
        Assert.Equal("queue_timeout", (await Assert.ThrowsAsync<QueueRefusedException>(() => tasks[1])).Code);
        Assert.Equal([1], gate.Batches);
    }

    [Fact]
    public async Task What_waited_just_as_long_as_allowed_is_answered()
    {
        var gate = new Gate();
        var clock = new ManualClock();
        await using var batcher = new DynamicBatcher(gate.Run, 1, new(QueueTimeoutMs: 50), clock: clock);
        var tasks = new List<Task<BatchedLogits>>();
        await FillAsync(gate, batcher, tasks, 2);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        gate.Open.Set();
        Assert.Equal((50, 0), ((await tasks[1]).QueueMs, (await tasks[1]).InferMs));
    }

    [Fact]
    public async Task What_its_sender_gave_up_never_reaches_the_network()
    {
        var gate = new Gate();
        await using var batcher = new DynamicBatcher(gate.Run, 1, new());
        var tasks = new List<Task<BatchedLogits>>();
        await FillAsync(gate, batcher, tasks, 1);
        using var gaveUp = new CancellationTokenSource();
        var lost = batcher.EnqueueAsync([1], gaveUp.Token);
        await gaveUp.CancelAsync();
        gate.Open.Set();
        await tasks[0];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        Assert.Equal([1], gate.Batches);
    }

    [Fact]
    public async Task A_failing_batch_fails_its_own_pictures_only()
    {
        var calls = 0;
        await using var batcher = new DynamicBatcher(
            (batch, _) => ++calls == 1 ? throw new InvalidOperationException("broken") : batch.ToArray(),
            1,
            new()
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => batcher.EnqueueAsync([1], Cancel));
        Assert.Equal(2, (await batcher.EnqueueAsync([2], Cancel)).Logits[0]);
    }
}

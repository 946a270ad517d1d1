using GpuGeek.TestSupport;

namespace GpuGeek.Inference.Tests;

/// <summary>Turns without threads: each test says what work costs.</summary>
public sealed class TakingTurns
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static readonly double Quantum = FairTurns.Quantum.TotalMilliseconds;

    /// <summary>Ends turn after turn on one slot; the cost of a picture depends on whose it is.</summary>
    /// <returns>Who was served, in order.</returns>
    private static async Task<List<string>> ServeAsync(
        FairTurns turns,
        Turn first,
        List<(string Organisation, Task<Turn> Turn)> waiting,
        Func<string, double> cost
    )
    {
        var served = new List<string>();
        first.End(FairTurns.Quantum);
        while (waiting.Count > 0)
        {
            var (next, turn) = Assert.Single(waiting, w => w.Turn.IsCompleted);
            waiting.Remove((next, turn));
            served.Add(next);
            (await turn).End(Ms(cost(next)));
        }
        Assert.Equal(1, turns.Slots);
        return served;
    }

    private static List<(string, Task<Turn>)> Enter(FairTurns turns, string organisation, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (organisation, turns.EnterAsync(organisation, 1, Cancel)))];

    [Fact]
    public async Task Behind_sixty_pictures_of_another_organisation_a_picture_waits_for_two_at_most()
    {
        var turns = new FairTurns(1);
        var first = await turns.EnterAsync("flood", 1, Cancel);
        var waiting = Enter(turns, "flood", 60);
        waiting.AddRange(Enter(turns, "guest", 1));
        var served = await ServeAsync(turns, first, waiting, _ => Quantum);
        Assert.InRange(served.IndexOf("guest"), 0, 2);
        Assert.Equal(61, served.Count);
    }

    [Fact]
    public async Task Small_and_large_pictures_get_the_same_processor_time()
    {
        var turns = new FairTurns(1);
        var first = await turns.EnterAsync("large", 1, Cancel);
        var waiting = Enter(turns, "large", 100);
        waiting.AddRange(Enter(turns, "small", 1000));
        var served = await ServeAsync(turns, first, waiting, who => who == "large" ? 4 * Quantum : Quantum / 4);
        var together = served.Take(served.FindLastIndex(who => who == "large") + 1).ToList();
        // While both waited: until the hundredth large picture.
        Assert.Equal(1000, served.Count(who => who == "small"));
        var half = together.Take(together.Count / 2).ToList();
        var (large, small) = (half.Count(who => who == "large") * 4 * Quantum, half.Count(who => who == "small") * Quantum / 4);
        Assert.InRange(small / large, 0.85, 1.15);
    }

    [Fact]
    public async Task Three_organisations_come_one_after_the_other()
    {
        var turns = new FairTurns(1);
        var first = await turns.EnterAsync("a", 1, Cancel);
        List<(string, Task<Turn>)> waiting = [.. Enter(turns, "a", 5), .. Enter(turns, "b", 5), .. Enter(turns, "c", 5)];
        var served = await ServeAsync(turns, first, waiting, _ => Quantum);
        for (var round = 1; round < 4; round++)
            Assert.Equal(["a", "b", "c"], served.Skip(round * 3).Take(3).Order());
    }

    [Fact]
    public async Task Alone_an_organisation_uses_every_slot()
    {
        var turns = new FairTurns(3);
        var inside = Enter(turns, "a", 4);
        Assert.Equal(3, inside.Count(i => i.Item2.IsCompleted));
        (await inside[0].Item2).End(Ms(5000));
        Assert.True(inside[3].Item2.IsCompleted);
    }

    [Fact]
    public async Task Wide_work_is_not_passed_by_narrow_work_for_ever()
    {
        var turns = new FairTurns(2);
        var (one, two) = (await turns.EnterAsync("narrow", 1, Cancel), await turns.EnterAsync("narrow", 1, Cancel));
        var wide = turns.EnterAsync("wide", 2, Cancel);
        var more = Enter(turns, "narrow", 4);
        one.End(Ms(Quantum));
        two.End(Ms(Quantum));
        for (var i = 0; i < 2 && !wide.IsCompleted; i++)
            foreach (var inside in more.Where(m => m.Item2.IsCompleted).ToList())
            {
                more.Remove(inside);
                (await inside.Item2).End(Ms(Quantum));
            }
        Assert.True(wide.IsCompleted);
        Assert.DoesNotContain(more, m => m.Item2.IsCompleted);
    }

    [Fact]
    public async Task Work_wider_than_the_machine_takes_all_of_it()
    {
        var turns = new FairTurns(2);
        (await turns.EnterAsync("a", 8, Cancel)).End(Ms(1));
        Assert.True(turns.EnterAsync("a", 2, Cancel).IsCompleted);
    }

    [Fact]
    public async Task Who_gives_up_loses_the_place_and_nobody_else_does()
    {
        var turns = new FairTurns(1);
        var first = await turns.EnterAsync("a", 1, Cancel);
        using var gaveUp = new CancellationTokenSource();
        var lost = turns.EnterAsync("b", 1, gaveUp.Token);
        var next = turns.EnterAsync("b", 1, Cancel);
        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        Assert.False(next.IsCompleted);
        first.End(Ms(1));
        (await next).End(Ms(1));
        Assert.True(turns.EnterAsync("c", 1, Cancel).IsCompleted);
    }

    [Fact]
    public async Task Whoever_was_served_in_the_last_second_shares_the_machine()
    {
        var clock = new ManualClock();
        var turns = new FairTurns(1, clock);
        (await turns.EnterAsync("a", 1, Cancel)).End(Ms(1));
        Assert.False(turns.IsShared("a"));
        (await turns.EnterAsync("b", 1, Cancel)).End(Ms(1));
        (await turns.EnterAsync("b", 1, Cancel)).End(Ms(1));
        Assert.True(turns.IsShared("a"));
        Assert.True(turns.IsShared("b"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(turns.IsShared("a"));
        Assert.False(turns.IsShared("b"));
    }

    [Fact]
    public async Task Failing_work_ends_its_turn()
    {
        var turns = new FairTurns(1);
        var turn = await turns.EnterAsync("a", 1, Cancel);
        Assert.Throws<InvalidOperationException>(() => turn.Run<int>(() => throw new InvalidOperationException("broken")));
        Assert.True(turns.EnterAsync("a", 1, Cancel).IsCompleted);
    }
}

public sealed class BatchesThatTakeTurns
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 4)]
    public async Task Are_short_while_another_organisation_uses_the_machine(bool shared, int expected)
    {
        var clock = new ManualClock();
        var turns = new FairTurns(1, clock);
        var batches = new List<int>();
        await using var batcher = new DynamicBatcher(
            (batch, count) =>
            {
                clock.Advance(FairTurns.Quantum * count);
                batches.Add(count);
                return batch.ToArray();
            },
            1,
            new(),
            new(turns, "a", 1),
            clock
        );
        await batcher.EnqueueAsync([0], Cancel);
        var other = await turns.EnterAsync(shared ? "b" : "a", 1, Cancel);
        var pictures = Enumerable.Range(0, 4).Select(i => batcher.EnqueueAsync([i], Cancel)).ToList();
        other.End(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(pictures);
        Assert.Equal(expected, batches[1]);
    }

    [Fact]
    public async Task Of_one_model_run_at_the_same_time_on_free_slots()
    {
        using var both = new Barrier(2);
        await using var batcher = new DynamicBatcher(
            (batch, _) =>
            {
                Assert.True(both.SignalAndWait(TimeSpan.FromMinutes(1), Cancel));
                return batch.ToArray();
            },
            1,
            new(MaxBatch: 1),
            new(new(2), "a", 1)
        );
        await Task.WhenAll(batcher.EnqueueAsync([1], Cancel), batcher.EnqueueAsync([2], Cancel));
    }
}

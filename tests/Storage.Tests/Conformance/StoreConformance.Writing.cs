using System.Security.Cryptography;
using GpuGeek.Domain.Storage;
using static GpuGeek.Storage.Tests.Conformance.Bench;

namespace GpuGeek.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_hundred_megabytes_of_unknown_length_come_back_as_they_went()
    {
        const int size = 105_000_001;
        var key = ObjectKeys.Content(Bench.Org, await HashAsync(new Trickle(size)));
        Assert.Equal(size, await Store.PutAsync(key, new Trickle(size), Cancel));
        Assert.Equal(size, await Store.SizeAsync(key, Cancel));
        await using (var back = await Store.OpenReadAsync(key, Cancel))
            Assert.Equal(Path.GetFileName(key), await HashAsync(back));
        // Across the border between two parts.
        Assert.Equal(Trickle.At((16 << 20) - 5, 10), await Bench.ReadAsync(key, (16 << 20) - 5, 10));
        await Store.DeleteAsync(key, Cancel);
    }

    [Theory]
    [InlineData(5 << 20)]
    [InlineData(10 << 20)]
    [InlineData((10 << 20) + 1)]
    public async Task A_length_at_the_border_of_a_part_is_right(int size)
    {
        Assert.Equal(size, await Store.PutAsync(Bench.Key("uploads/a"), new Trickle(size), Cancel));
        await using var back = await Store.OpenReadAsync(Bench.Key("uploads/a"), Cancel);
        Assert.Equal(await HashAsync(new Trickle(size)), await HashAsync(back));
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(30_000_000, false)]
    [InlineData(1000, true)]
    [InlineData(30_000_000, true)]
    public async Task A_writer_whose_source_breaks_leaves_nothing(int size, bool announced)
    {
        var source = new Trickle(size, breaks: new IOException("the connection broke"));
        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(Bench.Key("uploads/a"), source, Length(announced, size + 1), Cancel));
        Assert.Null(await Store.SizeAsync(Bench.Key("uploads/a"), Cancel));
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1000, 1001)]
    [InlineData(1001, 1000)]
    [InlineData(20_000_000, 30_000_000)]
    [InlineData(20_000_000, 20_000_001)]
    [InlineData(30_000_000, 20_000_000)]
    public async Task A_stream_of_another_length_than_announced_is_not_stored(int size, int announced)
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(Bytes(100)), Cancel);
        await Assert.ThrowsAnyAsync<IOException>(() => Store.PutAsync(Bench.Key("uploads/a"), new Trickle(size), announced, Cancel));
        Assert.Equal(Bytes(100), await Bench.ReadAsync(Bench.Key("uploads/a")));
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_canceled_writer_leaves_what_was_there_before(bool announced)
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(Bytes(100)), Cancel);
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Store.PutAsync(
                Bench.Key("uploads/a"),
                new Trickle(30_000_000, atEnd: cancellation.Cancel),
                Length(announced, 30_000_000),
                cancellation.Token
            )
        );
        Assert.Equal(Bytes(100), await Bench.ReadAsync(Bench.Key("uploads/a")));
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wrong_bytes_of_many_parts_leave_nothing(bool announced)
    {
        var key = ObjectKeys.Content(Bench.Org, HashOf([1]));
        await Assert.ThrowsAsync<DamagedObjectException>(() =>
            Store.PutAsync(key, new Trickle(30_000_000), Length(announced, 30_000_000), Cancel)
        );
        Assert.Null(await Store.SizeAsync(key, Cancel));
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_half_written_object_is_not_visible_and_is_removed_when_it_is_old(bool announced)
    {
        var begun = new TaskCompletionSource();
        using var cancellation = new CancellationTokenSource();
        var writing = Store.PutAsync(
            Bench.Key("uploads/half"),
            new Trickle(
                60_000_000,
                at: 40_000_000,
                halt: async cancel =>
                {
                    begun.SetResult();
                    await Task.Delay(Timeout.Infinite, cancel);
                }
            ),
            Length(announced, 60_000_000),
            cancellation.Token
        );
        await begun.Task.WaitAsync(Cancel);

        Assert.Null(await Store.SizeAsync(Bench.Key("uploads/half"), Cancel));
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => Store.OpenReadAsync(Bench.Key("uploads/half"), Cancel));
        Assert.Empty(await Bench.ListAsync(Bench.Key("")));
        Assert.Equal(0, (await Store.RemoveAbandonedAsync(TimeProvider.System.GetUtcNow().AddHours(-1), Cancel)).Count);
        Assert.Equal(Begun(announced), await AbandonedAsync());

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(40_000_000, false)]
    [InlineData(1_000_000, false)]
    [InlineData(40_000_000, true)]
    [InlineData(1_000_000, true)]
    public async Task A_killed_writer_leaves_nothing_that_anybody_sees(long after, bool announced)
    {
        await Store.PutAsync(Bench.Key("uploads/replaced"), new MemoryStream(Bytes(100)), Cancel);
        foreach (var name in new[] { "uploads/new", "uploads/replaced" })
            await KilledWriter.RunAsync(Bench.Variables, Bench.Key(name), Length(announced, 1L << 30), after);

        Assert.Equal([Bench.Key("uploads/replaced")], await Bench.ListAsync(Bench.Key("")));
        Assert.Equal(Bytes(100), await Bench.ReadAsync(Bench.Key("uploads/replaced")));
        // The dead clean up nothing; what is left is found by its age.
        Assert.Equal(2 * Begun(announced), await AbandonedAsync());
        await Store.RemoveAbandonedAsync(TimeProvider.System.GetUtcNow().AddHours(1), Cancel);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_writer_that_fails_does_not_stop_another_of_the_same_name()
    {
        var key = Bench.Key("uploads/a");
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var failing = Store.PutAsync(
            key,
            new Trickle(
                40_000_000,
                at: 35_000_000,
                halt: async cancel =>
                {
                    begun.TrySetResult();
                    await go.Task.WaitAsync(cancel);
                    throw new IOException("the connection broke");
                }
            ),
            40_000_000,
            Cancel
        );
        await begun.Task.WaitAsync(Cancel);
        using var pausing = new PausingStream(Bytes(40_000_000), at: 20_000_000);
        var writing = Store.PutAsync(key, pausing, Cancel);
        await pausing.Reached.WaitAsync(Cancel);
        go.SetResult();
        await Assert.ThrowsAsync<IOException>(() => failing);
        pausing.Continue();
        Assert.Equal(40_000_000, await writing);
        Assert.Equal(HashOf(Bytes(40_000_000)), HashOf(await Bench.ReadAsync(key)));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Two_writers_of_one_content_both_succeed()
    {
        var bytes = Bytes(200_000);
        var key = ObjectKeys.Content(Bench.Org, HashOf(bytes));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.PutAsync(key, new MemoryStream(bytes), Cancel)));
        Assert.Equal(bytes, await Bench.ReadAsync(key));
        await NothingIsLeftAsync();
    }

    /// <summary>Writes that have begun and not ended, of this test alone.</summary>
    protected abstract Task<int> AbandonedAsync();

    /// <summary>How many of them a single large write is while it is under way.</summary>
    /// <param name="announced">Its length is known.</param>
    protected abstract int Begun(bool announced);

    private static long? Length(bool announced, long length) => announced ? length : null;

    private async Task NothingIsLeftAsync() => Assert.Equal(0, await AbandonedAsync());

    private static async Task<string> HashAsync(Stream stream) => Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, Cancel));
}

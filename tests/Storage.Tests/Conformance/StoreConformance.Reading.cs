using GpuGeek.Domain.Storage;
using static GpuGeek.Storage.Tests.Conformance.Bench;

namespace GpuGeek.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(0, 1000, 1000)]
    [InlineData(0, 1, 1)]
    [InlineData(999, 1, 1)]
    [InlineData(100, 50, 50)]
    [InlineData(990, 500, 10)]
    [InlineData(0, long.MaxValue, 1000)]
    [InlineData(10, long.MaxValue, 990)]
    [InlineData(1000, 1, 0)]
    [InlineData(5000, 10, 0)]
    [InlineData(long.MaxValue, long.MaxValue, 0)]
    [InlineData(10, 0, 0)]
    public async Task A_range_gives_its_bytes_up_to_the_end(long offset, long length, int expected)
    {
        var bytes = Bytes(1000);
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(bytes), Cancel);
        Assert.Equal(
            bytes.AsSpan((int)Math.Min(offset, 1000), expected).ToArray(),
            await Bench.ReadAsync(Bench.Key("uploads/a"), offset, length)
        );
    }

    [Fact]
    public async Task A_range_of_an_empty_object_is_empty()
    {
        await Store.PutAsync(Bench.Key("uploads/empty"), new MemoryStream(), Cancel);
        Assert.Empty(await Bench.ReadAsync(Bench.Key("uploads/empty"), 0, 10));
    }

    [Fact]
    public async Task A_range_below_zero_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.OpenReadAsync(Bench.Key("uploads/a"), -1, 10, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.OpenReadAsync(Bench.Key("uploads/a"), 0, -1, Cancel));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(300_000)]
    public async Task A_flipped_bit_is_found_and_the_object_named(int size)
    {
        var bytes = Bytes(size);
        var key = ObjectKeys.Content(Bench.Org, HashOf(bytes));
        await Store.PutAsync(key, new MemoryStream(bytes), Cancel);
        Assert.Equal(bytes, await Bench.ReadAsync(key));
        bytes[size / 2] ^= 1;
        await Bench.PlantAsync(key, bytes);

        var given = new MemoryStream();
        var damaged = await Assert.ThrowsAsync<DamagedObjectException>(async () =>
        {
            await using var stream = await Store.OpenReadAsync(key, Cancel);
            await stream.CopyToAsync(given, Cancel);
        });
        Assert.Equal(key, damaged.Key);
        Assert.Contains(key, damaged.Message, StringComparison.Ordinal);
        Assert.True(given.Length < size, "a reader that counts bytes could take it for whole");

        var target = Path.Combine(Path.GetTempPath(), $"gpugeek-{Bench.Org:N}");
        await Assert.ThrowsAsync<DamagedObjectException>(() => Store.DownloadAsync(key, target, Cancel));
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"gpugeek-{Bench.Org:N}*"));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task An_object_that_was_cut_or_grew_is_found(int size)
    {
        var bytes = Bytes(1000);
        var key = ObjectKeys.Content(Bench.Org, HashOf(bytes));
        await Bench.PlantAsync(key, Bytes(1001)[..size]);
        await Assert.ThrowsAsync<DamagedObjectException>(() => Bench.ReadAsync(key));
    }

    [Fact]
    public async Task A_damaged_object_is_healed_by_storing_it_again()
    {
        var bytes = Bytes(1000);
        var key = ObjectKeys.Content(Bench.Org, HashOf(bytes));
        await Bench.PlantAsync(key, Bytes(1000, seed: 2));
        await Store.PutAsync(key, new MemoryStream(bytes), Cancel);
        Assert.Equal(bytes, await Bench.ReadAsync(key));
    }

    [Fact]
    public async Task Other_bytes_are_not_stored_under_a_content_addressed_name()
    {
        var bytes = Bytes(1000);
        var key = ObjectKeys.Content(Bench.Org, HashOf(bytes));
        await Assert.ThrowsAsync<DamagedObjectException>(() => Store.PutAsync(key, new MemoryStream(Bytes(1000, seed: 2)), Cancel));
        Assert.Null(await Store.SizeAsync(key, Cancel));
        await Store.PutAsync(key, new MemoryStream(bytes), Cancel);
        await Assert.ThrowsAsync<DamagedObjectException>(() => Store.PutAsync(key, new MemoryStream(Bytes(1000, seed: 2)), Cancel));
        Assert.Equal(bytes, await Bench.ReadAsync(key));
    }

    [Fact]
    public async Task A_list_of_more_than_a_thousand_is_whole()
    {
        var keys = Enumerable.Range(0, 1005).Select(i => Bench.Key($"runs/{i % 7}/{i:d5}")).ToList();
        await Parallel.ForEachAsync(
            keys,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (key, cancel) => await Store.PutAsync(key, new MemoryStream([1]), cancel)
        );
        Assert.Equal(keys.Order(StringComparer.Ordinal), (await Bench.ListAsync(Bench.Key("runs/"))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_list_is_what_starts_with_the_prefix_and_keeps_folders_together()
    {
        foreach (var name in new[] { "a/b/1", "a-b/1", "a/c", "ab", "a", "b/1" }.Where(name => name != "a"))
            await Store.PutAsync(Bench.Key(name), new MemoryStream([1]), Cancel);
        string[] all = [.. new[] { "a-b/1", "a/b/1", "a/c", "ab", "b/1" }.Select(Bench.Key)];
        Assert.Equal(all, await Bench.ListAsync(Bench.Key("")));
        Assert.Equal(all[..4], await Bench.ListAsync(Bench.Key("a")));
        Assert.Equal(all[1..3], await Bench.ListAsync(Bench.Key("a/")));
        Assert.Equal(all[1..2], await Bench.ListAsync(Bench.Key("a/b")));
        Assert.Empty(await Bench.ListAsync(Bench.Key("a/b/1/")));
    }

    [Fact]
    public async Task A_list_tells_size_and_age()
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(Bytes(123)), Cancel);
        var stored = Assert.Single(await Store.InspectAsync(Bench.Key(""), Cancel).ToListAsync(Cancel));
        Assert.Equal((Bench.Key("uploads/a"), 123), (stored.Key, stored.Size));
        Assert.InRange(stored.ModifiedAt, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
    }
}

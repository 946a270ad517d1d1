using GpuGeek.Domain.Storage;
using static GpuGeek.Storage.Tests.Conformance.Bench;

namespace GpuGeek.Storage.Tests.Conformance;

/// <summary>What every store does. Each implementation runs all of it.</summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    private Bench? _bench;

    protected Bench Bench => _bench!;
    protected IObjectStore Store => Bench.Store;

    protected abstract Task<Bench> OpenAsync();

    public async ValueTask InitializeAsync() => _bench = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null)
            await _bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task What_was_put_comes_back(int size)
    {
        var bytes = Bytes(size);
        Assert.Equal(size, await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(bytes), Cancel));
        Assert.Equal(bytes, await Bench.ReadAsync(Bench.Key("uploads/a")));
        Assert.Equal(size, await Store.SizeAsync(Bench.Key("uploads/a"), Cancel));
    }

    [Fact]
    public async Task A_file_goes_in_and_out()
    {
        var folder = Directory.CreateTempSubdirectory("gpugeek-store-test-").FullName;
        try
        {
            var bytes = Bytes(70_000);
            await File.WriteAllBytesAsync(Path.Combine(folder, "in"), bytes, Cancel);
            await Store.PutFileAsync(Bench.Key("uploads/file"), Path.Combine(folder, "in"), Cancel);
            await Store.DownloadAsync(Bench.Key("uploads/file"), Path.Combine(folder, "out"), Cancel);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(folder, "out"), Cancel));
            Assert.Equal(["in", "out"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Many_files_go_in_together_or_say_which_is_damaged()
    {
        var folder = Directory.CreateTempSubdirectory("gpugeek-store-test-").FullName;
        try
        {
            string PathOf(int i) => Path.Combine(folder, $"{i}");
            for (var i = 0; i < 50; i++)
                await File.WriteAllBytesAsync(PathOf(i), Bytes(i * 100, seed: i), Cancel);
            await Store.PutFilesAsync(
                [.. Enumerable.Range(0, 50).Select(i => new LocalFile(Bench.Key($"uploads/{i}"), PathOf(i)))],
                Cancel
            );
            for (var i = 0; i < 50; i++)
                Assert.Equal(Bytes(i * 100, seed: i), await Bench.ReadAsync(Bench.Key($"uploads/{i}")));
            Assert.Equal(50, Directory.GetFiles(folder).Length);
            var wrong = new LocalFile(ObjectKeys.Content(Guid.AllBitsSet, new string('0', 64)), PathOf(7));
            await Assert.ThrowsAsync<DamagedObjectException>(() => Store.PutFilesAsync([wrong], Cancel));
            Assert.Null(await Store.SizeAsync(wrong.Key, Cancel));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_second_put_replaces_the_first()
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(Bytes(5000)), Cancel);
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(Bytes(300, seed: 2)), Cancel);
        Assert.Equal(Bytes(300, seed: 2), await Bench.ReadAsync(Bench.Key("uploads/a")));
    }

    [Fact]
    public async Task A_reader_of_the_replaced_object_reads_one_or_the_other_and_never_a_mixture()
    {
        var (former, latter) = (Bytes(400_000), Bytes(400_000, seed: 2));
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(former), Cancel);
        await using var reader = await Store.OpenReadAsync(Bench.Key("uploads/a"), Cancel);
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(latter), Cancel);
        Assert.Equal(former, await AllAsync(reader));
        Assert.Equal(latter, await Bench.ReadAsync(Bench.Key("uploads/a")));
    }

    [Fact]
    public async Task What_is_not_there_is_said_to_be_missing()
    {
        var key = Bench.Key("uploads/nothing");
        Assert.Null(await Store.SizeAsync(key, Cancel));
        Assert.Equal(key, (await Assert.ThrowsAsync<ObjectNotFoundException>(() => Store.OpenReadAsync(key, Cancel))).Key);
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => Store.OpenReadAsync(key, 0, 10, Cancel));
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => Store.OpenReadAsync(key, 0, 0, Cancel));
        var target = Path.Combine(Path.GetTempPath(), $"gpugeek-{Bench.Org:N}");
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => Store.DownloadAsync(key, target, Cancel));
        Assert.False(File.Exists(target));
        Assert.Empty(await Bench.ListAsync(Bench.Key("uploads/")));
    }

    [Fact]
    public async Task Deleting_twice_is_no_error()
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream([1]), Cancel);
        await Store.DeleteAsync(Bench.Key("uploads/a"), Cancel);
        await Store.DeleteAsync(Bench.Key("uploads/a"), Cancel);
        Assert.Null(await Store.SizeAsync(Bench.Key("uploads/a"), Cancel));
    }

    [Fact]
    public async Task A_delete_that_names_a_moment_spares_what_was_written_since()
    {
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-10);
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream([1]), Cancel);
        Assert.False(await Store.DeleteOlderAsync(Bench.Key("uploads/a"), before, Cancel));
        Assert.Equal(1, await Store.SizeAsync(Bench.Key("uploads/a"), Cancel));
        Assert.True(await Store.DeleteOlderAsync(Bench.Key("uploads/a"), before.AddMinutes(20), Cancel));
        Assert.Null(await Store.SizeAsync(Bench.Key("uploads/a"), Cancel));
        Assert.False(await Store.DeleteOlderAsync(Bench.Key("uploads/a"), before.AddMinutes(20), Cancel));
    }

    [Theory]
    [InlineData("猫 和 狗.jpg")]
    [InlineData("emoji 🐈 and é + & = ? # % 100%25 ~ ; : @ $ , ! * ' ( ) [ ] { } | ^ ` \" < > \\")]
    [InlineData("a+b/c d/..e/.f/g..")]
    [InlineData(" leading and trailing ")]
    public async Task Odd_names_are_names_like_others(string name)
    {
        var key = Bench.Key("uploads/" + name);
        await Store.PutAsync(key, new MemoryStream(Bytes(50)), Cancel);
        Assert.Equal(Bytes(50), await Bench.ReadAsync(key));
        Assert.Equal(Bytes(10), (await Bench.ReadAsync(key, 0, 10)));
        Assert.Equal(50, await Store.SizeAsync(key, Cancel));
        Assert.Equal([key], await Bench.ListAsync(Bench.Key("uploads/")));
        Assert.Equal([key], await Bench.ListAsync(key));
        await Store.DeleteAsync(key, Cancel);
        Assert.Empty(await Bench.ListAsync(Bench.Key("uploads/")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("orgs/../../etc/passwd")]
    [InlineData("orgs//a")]
    [InlineData("orgs/./a")]
    [InlineData("orgs/a/")]
    [InlineData("orgs/a\nb")]
    [InlineData("orgs/a\0b")]
    [InlineData("tmp/a")]
    public async Task Names_that_could_leave_the_store_are_refused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(key, new MemoryStream([1]), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenReadAsync(key, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.SizeAsync(key, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(key, Cancel));
    }

    // An attribute cannot hold it.
    [Fact]
    public Task A_name_with_half_a_surrogate_pair_is_refused() => Names_that_could_leave_the_store_are_refused("orgs/\ud800");

    [Fact]
    public async Task Names_are_as_long_as_S3_allows_and_no_longer()
    {
        var segment = new string('é', 127);
        var key = Bench.Key($"uploads/{segment}/{segment}/{segment}");
        await Store.PutAsync(key, new MemoryStream([1]), Cancel);
        Assert.Equal([key], await Bench.ListAsync(Bench.Key("uploads/")));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(key + $"/{segment}/{segment}", new MemoryStream([1]), Cancel));
        var ascii = Bench.Key($"uploads/{new string('a', 250)}/");
        ascii += new string('b', 512 - ascii.Length);
        await Store.PutAsync(ascii, new MemoryStream([1]), Cancel);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(ascii + "b", new MemoryStream([1]), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(Bench.Key($"uploads/{segment}é"), new MemoryStream([1]), Cancel));
    }
}

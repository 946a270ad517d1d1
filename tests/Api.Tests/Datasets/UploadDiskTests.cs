using System.Net;
using GpuGeek.Domain.Common;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Datasets;

/// <summary>A store of 8 MiB, which holds an archive of 3.6 MiB and the pictures out of it.</summary>
public sealed class AnArchiveBeyondTheDisk(PostgresFixture postgres) : IAsyncDisposable
{
    private SmallDisk? _disk;
    private ApiApplication? _app;

    private async Task<ArchiveBench> BenchAsync()
    {
        _disk = SmallDisk.Mount(8 << 20);
        Assert.SkipWhen(_disk is null, "This machine lets nobody mount a small disk.");
        var settings = new Dictionary<string, string> { ["GPUGEEK_OBJECTS"] = _disk.At("objects"), ["GPUGEEK_RESERVE_BYTES"] = "0" };
        _app = new ApiApplication(postgres, settings: settings);
        _app.UseKestrel(0);
        _app.StartServer();
        return await ArchiveBench.CreateAsync(_app);
    }

    private void AssertNothingStored() => Assert.Empty(Directory.GetFiles(_disk!.At("objects"), "*", SearchOption.AllDirectories));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_refused_alike_with_and_without_a_length_and_leaves_nothing(bool isMeasured)
    {
        using var bench = await BenchAsync();
        const int size = 5 << 20;
        await ArchiveBench.RefusedAsync(await bench.PutAsync(ArchiveBench.Body(size, isMeasured)), "disk_full");
        Assert.Empty(await bench.RowsAsync());
        AssertNothingStored();
        await ArchiveBench.TakenAsync(await bench.PutAsync(ArchiveBench.Unmeasured(3 << 20)));
    }

    [Fact]
    public async Task Fails_with_the_reason_where_it_was_asked_for_first()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(1 << 20);
        await ArchiveBench.RefusedAsync(await bench.PutAsync(asked, ArchiveBench.Unmeasured(5 << 20)), "disk_full");
        var row = await bench.RowAsync(asked.Id);
        Assert.Equal((UploadState.Failed, "disk_full"), (row.State, row.Error?.Code));
        AssertNothingStored();
    }

    [Fact]
    public async Task Goes_on_where_it_stopped_once_there_is_room_again()
    {
        using var bench = await BenchAsync();
        var archive = ArchiveBench.Zip(2 << 20);
        var asked = await bench.AskAsync(archive.Length);
        using (await TusClient.PatchAsync(bench.Http, asked, 0, new ByteArrayContent(archive, 0, 1 << 20))) { }
        var other = _disk!.At("other");
        await File.WriteAllBytesAsync(other, new byte[5 << 20], ApiApplication.Cancel);
        HttpContent Rest() => new ByteArrayContent(archive, 1 << 20, 1 << 20);
        await ArchiveBench.RefusedAsync(await TusClient.PatchAsync(bench.Http, asked, 1 << 20, Rest()), "disk_full");
        Assert.Equal(1 << 20, await TusClient.OffsetAsync(bench.Http, asked));
        File.Delete(other);
        using var sent = await TusClient.PatchAsync(bench.Http, asked, 1 << 20, Rest());
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        Assert.Equal(UploadState.Received, (await bench.RowAsync(asked.Id)).State);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _disk?.Dispose();
    }
}

using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Storage.Tests.Conformance;

namespace GpuGeek.Storage.Tests.S3;

public sealed class AStreamOfUnknownLength : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-spool-test-").FullName;

    private ObjectStoreOptions Options =>
        new()
        {
            // Nobody listens there: the disk is asked before the service.
            Endpoint = "http://127.0.0.1:9",
            Bucket = "pictures",
            AccessKey = "a",
            SecretKey = "s",
            Spool = _folder,
        };

    [Fact]
    public async Task Stops_at_the_reserve_of_the_disk()
    {
        using var store = S3Bench.Store(Options, TimeProvider.System, reserve: long.MaxValue / 2);
        var full = await Assert.ThrowsAsync<DiskFullException>(() => store.PutAsync("orgs/a", new Trickle(2_000_000), Bench.Cancel));
        Assert.True(DiskSpace.IsFull(full));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Has_no_name_on_the_disk_that_a_killed_process_could_leave()
    {
        using var store = S3Bench.Store(Options, TimeProvider.System, reserve: 0);
        using var cancellation = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var writing = store.PutAsync(
            "orgs/a",
            new Trickle(
                20_000_000,
                at: 10_000_000,
                halt: async cancel =>
                {
                    begun.SetResult();
                    await Task.Delay(Timeout.Infinite, cancel);
                }
            ),
            cancellation.Token
        );
        await begun.Task.WaitAsync(Bench.Cancel);
        Assert.Empty(Directory.GetFiles(_folder));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

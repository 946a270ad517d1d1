using GpuGeek.Storage.Tests.Conformance;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace GpuGeek.Storage.Tests.S3;

/// <summary>What the SDK cannot do by itself. If one of these fails after an update of the package, the way round it can go
/// (ADR-020).</summary>
[Collection(SwiftServer.Uploads)]
public sealed class TheSdkByItself(SwiftServer swift) : IAsyncLifetime
{
    private const string Bucket = SwiftServer.Bucket;
    private S3Bench? _bench;

    private static CancellationToken Cancel => Bench.Cancel;

    public ValueTask InitializeAsync()
    {
        swift.Require();
        _bench = new(swift);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _bench?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Takes_a_right_response_to_a_range_for_an_error()
    {
        var key = _bench!.Bench.Key("uploads/a");
        await _bench.Bucket.PutAsync(key, new MemoryStream(Bench.Bytes(1000)), null, Cancel);
        using var client = swift.Client();
        var get = new GetObjectArgs().WithBucket(Bucket).WithObject(key).WithOffsetAndLength(100, 50);
        await Assert.ThrowsAsync<PartialContentException>(() =>
            client.GetObjectAsync(get.WithCallbackStream((from, cancel) => from.CopyToAsync(Stream.Null, cancel)), Cancel)
        );
    }

    [Fact]
    public async Task Leaves_a_broken_upload_and_does_not_find_it_on_swift()
    {
        var key = _bench!.Bench.Key("uploads/broken");
        using var client = swift.Client();
        var source = new Trickle(20_000_000, breaks: new IOException("the connection broke"));
        var put = new PutObjectArgs().WithBucket(Bucket).WithObject(key).WithStreamData(source).WithObjectSize(40_000_000);
        await Assert.ThrowsAsync<IOException>(() => client.PutObjectAsync(put, Cancel));
        await client.RemoveIncompleteUploadAsync(new RemoveIncompleteUploadArgs().WithBucket(Bucket).WithObject(key), Cancel);
        Assert.Equal(1, await _bench.AbandonedAsync());

        await _bench.Bucket.RemoveAbandonedAsync(TimeProvider.System.GetUtcNow().AddHours(1), Cancel);
        Assert.Equal(0, await _bench.AbandonedAsync());
    }

    [Fact]
    public async Task Refuses_names_longer_than_512_characters()
    {
        using var client = swift.Client();
        var put = new PutObjectArgs().WithBucket(Bucket).WithObject(new string('a', 513)).WithStreamData(new MemoryStream([1]));
        await Assert.ThrowsAsync<InvalidObjectNameException>(() => client.PutObjectAsync(put.WithObjectSize(1), Cancel));
    }
}

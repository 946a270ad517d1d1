using GpuGeek.Infrastructure.Storage;
using GpuGeek.Infrastructure.Storage.S3;
using GpuGeek.Storage.Tests.S3;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Minio.DataModel.Args;

namespace GpuGeek.Storage.Tests.Conformance;

[Collection(SwiftServer.Uploads)]
public sealed class ABucketIsAStore(SwiftServer swift) : StoreConformance
{
    private S3Bench? _bucket;

    protected override Task<Bench> OpenAsync()
    {
        swift.Require();
        _bucket = new(swift);
        return Task.FromResult(_bucket.Bench);
    }

    protected override Task<int> AbandonedAsync() => _bucket!.AbandonedAsync();

    /// <summary>A stream of unknown length is in a file without a name until it is complete.</summary>
    protected override int Begun(bool announced) => announced ? 1 : 0;
}

internal sealed class S3Bench : IAsyncDisposable
{
    private readonly SwiftServer _swift;

    public S3Bench(SwiftServer swift)
    {
        _swift = swift;
        Bucket = Store(swift.Options(), TimeProvider.System);
        Bench = new(Bucket, clock => Store(swift.Options(), clock), PlantAsync, swift.Variables(), this);
    }

    public S3ObjectStore Bucket { get; }
    public Bench Bench { get; }

    public static S3ObjectStore Store(ObjectStoreOptions options, TimeProvider clock, long? reserve = null) =>
        new(
            Options.Create(options),
            new DiskSpace(Options.Create(new DiskSpaceOptions { ReserveBytes = reserve })),
            clock,
            NullLogger<S3ObjectStore>.Instance
        );

    /// <summary>Unfinished uploads of this bench alone.</summary>
    public async Task<int> AbandonedAsync() =>
        (await Bucket.UploadsAsync(Bench.Cancel)).Count(u => u.Key.StartsWith(Bench.Key(""), StringComparison.Ordinal));

    private async Task PlantAsync(string key, byte[] bytes)
    {
        using var client = _swift.Client();
        var put = new PutObjectArgs().WithBucket(SwiftServer.Bucket).WithObject(key);
        await client.PutObjectAsync(put.WithStreamData(new MemoryStream(bytes)).WithObjectSize(bytes.Length), Bench.Cancel);
    }

    public ValueTask DisposeAsync()
    {
        Bucket.Dispose();
        return ValueTask.CompletedTask;
    }
}

using GpuGeek.Infrastructure.Storage.S3;
using GpuGeek.Storage.Tests.S3;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GpuGeek.Storage.Tests.Conformance;

public sealed class ABucketIsAStore(SwiftServer swift) : StoreConformance
{
    private S3Bench? _bucket;

    protected override Task<Bench> OpenAsync()
    {
        swift.Require();
        _bucket = new(swift);
        return Task.FromResult(_bucket.Bench);
    }

    protected override async Task<int> AbandonedAsync() =>
        (await _bucket!.Store.UploadsAsync(DateTimeOffset.MaxValue, Bench.Cancel)).Count(u =>
            u.Key.StartsWith(Bench.Key(""), StringComparison.Ordinal)
        );
}

internal sealed class S3Bench : IAsyncDisposable
{
    private readonly SwiftServer _swift;

    public S3Bench(SwiftServer swift)
    {
        _swift = swift;
        Store = StoreAt(TimeProvider.System);
        Bench = new(Store, StoreAt, PlantAsync, swift.Variables(), this);
    }

    public S3ObjectStore Store { get; }
    public Bench Bench { get; }

    private S3ObjectStore StoreAt(TimeProvider clock) => new(Options.Create(_swift.Options()), clock, NullLogger<S3ObjectStore>.Instance);

    private async Task PlantAsync(string key, byte[] bytes)
    {
        using var client = new S3Client(_swift.Options(), new("gpugeek:dev", "devsecret", "us-east-1"), TimeProvider.System);
        (await client.SendAsync(new(HttpMethod.Put, key) { Body = bytes }, CancellationToken.None))!.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Store.Dispose();
        return ValueTask.CompletedTask;
    }
}

using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage.S3;
using GpuGeek.Storage.Tests.Conformance;

namespace GpuGeek.Storage.Tests.S3;

[Collection(SwiftServer.Uploads)]
public sealed class AConnectionThatIsCut(SwiftServer swift)
{
    private const int Size = 40_000_000;

    private static CancellationToken Cancel => Bench.Cancel;

    private S3ObjectStore Through(CuttingProxy proxy)
    {
        var options = swift.Options();
        options.Endpoint = proxy.Endpoint;
        return S3Bench.Store(options, new HurriedClock());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_the_middle_of_a_part_is_made_again_and_nobody_notices(bool announced)
    {
        swift.Require();
        await using var bench = new S3Bench(swift);
        await using var proxy = new CuttingProxy(swift.Endpoint, cuts: 3, after: 5_000_000);
        using var store = Through(proxy);
        var bytes = Bench.Bytes(Size);
        var key = ObjectKeys.Content(bench.Bench.Org, Bench.HashOf(bytes));
        await store.PutAsync(key, new MemoryStream(bytes), announced ? Size : null, Cancel);
        Assert.Equal(3, proxy.Cut);
        Assert.Equal(bytes, await bench.Bench.ReadAsync(key));
        Assert.Equal(0, await bench.AbandonedAsync());
    }

    [Fact]
    public async Task For_good_says_so_and_leaves_nothing()
    {
        swift.Require();
        await using var bench = new S3Bench(swift);
        await using var proxy = new CuttingProxy(swift.Endpoint, cuts: int.MaxValue, after: 5_000_000);
        using var store = Through(proxy);
        var key = bench.Bench.Key("uploads/a");
        await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutAsync(key, new MemoryStream(Bench.Bytes(Size)), Size, Cancel));
        Assert.Null(await bench.Bucket.SizeAsync(key, Cancel));
        // The short request that ends an upload still passes.
        Assert.Equal(0, await bench.AbandonedAsync());
    }
}

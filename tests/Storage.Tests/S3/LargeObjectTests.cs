using System.Diagnostics;
using System.Security.Cryptography;
using GpuGeek.Domain.Storage;
using GpuGeek.Storage.Tests.Conformance;
using GpuGeek.TestSupport;

namespace GpuGeek.Storage.Tests.S3;

/// <summary>Larger than one request to S3 may be (5 GiB).</summary>
[Collection(SwiftServer.Uploads)]
public sealed class SixGibibytes(SwiftServer swift)
{
    private const long Size = (6L << 30) + 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Go_through_little_memory_and_come_back_as_they_went(bool announced)
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        swift.Require();
        await using var bench = new S3Bench(swift);
        var hash = await HashAsync(new Trickle(Size));
        var key = ObjectKeys.Content(bench.Bench.Org, hash);
        using var watch = new MemoryWatch();
        Assert.Equal(Size, await bench.Bucket.PutAsync(key, new Trickle(Size), announced ? Size : null, Bench.Cancel));
        await using (var back = await bench.Bucket.OpenReadAsync(key, Bench.Cancel))
            Assert.Equal(hash, await HashAsync(back));
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Most >> 20} MiB at most, {watch.Elapsed.TotalSeconds:n0} s");
        Assert.InRange(watch.Most, 0, 512L << 20);
        Assert.Equal(Size, await bench.Bucket.SizeAsync(key, Bench.Cancel));
        Assert.Equal(Trickle.At(0, 1), await bench.Bench.ReadAsync(key, 0, 1));
        Assert.Equal(Trickle.At(Size - 1, 1), await bench.Bench.ReadAsync(key, Size - 1, 1));
        Assert.Equal(Trickle.At((5L << 30) - 5, 10), await bench.Bench.ReadAsync(key, (5L << 30) - 5, 10));
        await bench.Bucket.DeleteAsync(key, Bench.Cancel);
        Assert.Equal(0, await bench.AbandonedAsync());
    }

    private static async Task<string> HashAsync(Stream stream) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, Bench.Cancel));

    /// <summary>The most memory that this process has had since then.</summary>
    private sealed class MemoryWatch : IDisposable
    {
        private readonly long _began = Stopwatch.GetTimestamp();
        private readonly Timer _timer;
        private long _most;

        public MemoryWatch() =>
            _timer = new(_ => Interlocked.Exchange(ref _most, Math.Max(_most, Now())), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));

        public long Most => Interlocked.Read(ref _most);
        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

        public void Dispose() => _timer.Dispose();

        private static long Now()
        {
            using var self = Process.GetCurrentProcess();
            return self.WorkingSet64;
        }
    }
}

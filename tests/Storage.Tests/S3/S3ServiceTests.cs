using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Storage.Tests.Conformance;

namespace GpuGeek.Storage.Tests.S3;

public sealed class ABucketThatCannotBeUsed(SwiftServer swift)
{
    private static CancellationToken Cancel => Bench.Cancel;

    private async Task<string> MessageAsync(Action<ObjectStoreOptions> change)
    {
        swift.Require();
        var options = swift.Options();
        change(options);
        using var store = S3Bench.Store(options, TimeProvider.System);
        var put = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutAsync("orgs/a", new MemoryStream([1]), Cancel))).Message;
        var size = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.SizeAsync("orgs/a", Cancel))).Message;
        var read = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.OpenReadAsync("orgs/a", Cancel))).Message;
        return $"{put}\n{size}\n{read}";
    }

    [Fact]
    public async Task For_a_wrong_secret_says_what_to_check_and_not_the_secret()
    {
        var message = await MessageAsync(o => o.SecretKey = "wrong-secret");
        Assert.Contains("403", message, StringComparison.Ordinal);
        Assert.Contains("GPUGEEK_S3_SECRET_KEY", message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_want_of_a_bucket_says_how_to_make_it() =>
        Assert.Contains("deploy/object-store/seed.py", await MessageAsync(o => o.Bucket = "gpugeek-nowhere"), StringComparison.Ordinal);

    [Fact]
    public async Task For_want_of_a_service_says_where_it_was_looked_for()
    {
        var options = new ObjectStoreOptions
        {
            Endpoint = "http://127.0.0.1:9",
            Bucket = "pictures",
            AccessKey = "a",
            SecretKey = "s",
        };
        using var store = S3Bench.Store(options, new HurriedClock());
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => store.SizeAsync("orgs/a", Cancel));
        Assert.Contains("http://127.0.0.1:9", refused.Message, StringComparison.Ordinal);
        Assert.Contains("GPUGEEK_S3_ENDPOINT", refused.Message, StringComparison.Ordinal);
    }
}

public sealed class TheSeedScript(SwiftServer swift)
{
    [Fact]
    public async Task Makes_the_bucket_once()
    {
        swift.Require();
        var name = $"seed-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
        var (code, output) = await SwiftServer.SeedAsync(swift.Variables(name));
        Assert.Equal((0, true), (code, output.Contains("was created", StringComparison.Ordinal)));
        (code, output) = await SwiftServer.SeedAsync(swift.Variables(name));
        Assert.Equal((0, true), (code, output.Contains("exists", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Says_which_variables_are_missing()
    {
        var (code, output) = await SwiftServer.SeedAsync(
            new() { ["GPUGEEK_S3_ENDPOINT"] = "http://127.0.0.1:9", ["GPUGEEK_S3_BUCKET"] = "b" }
        );
        Assert.NotEqual(0, code);
        Assert.Contains("GPUGEEK_S3_ACCESS_KEY, GPUGEEK_S3_SECRET_KEY", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_says_by_whom()
    {
        swift.Require();
        var (code, output) = await SwiftServer.SeedAsync(new(swift.Variables()) { ["GPUGEEK_S3_SECRET_KEY"] = "wrong-secret" });
        Assert.NotEqual(0, code);
        Assert.Contains("HTTP 403", output, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", output, StringComparison.Ordinal);
    }
}

/// <summary>Its timers ring at once: waiting between attempts takes no time.</summary>
internal sealed class HurriedClock : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, TimeSpan.Zero, period);
}

using GpuGeek.Domain.Webhooks;
using GpuGeek.TestSupport;

namespace GpuGeek.Worker.Tests.Webhooks;

public sealed class ClaimingDeliveries(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_workers_send_each_message_once()
    {
        await using var one = new Bench(postgres);
        await using var two = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        // Secrets need one key folder, so the second worker reads the first one's.
        two.Worker.Get<Microsoft.Extensions.Options.IOptions<GpuGeek.Infrastructure.Security.KeyFolderOptions>>().Value.Folder = one
            .Worker.Get<Microsoft.Extensions.Options.IOptions<GpuGeek.Infrastructure.Security.KeyFolderOptions>>()
            .Value.Folder;
        List<Webhook> hooks = [];
        for (var i = 0; i < 4; i++)
            hooks.Add((await one.AddAsync((await one.TenantAsync()).OrgId, receiver.Url)).Hook);
        foreach (var hook in hooks.SelectMany(h => Enumerable.Repeat(h, 15)))
            await one.PingAsync(hook);
        await one.StartAsync();
        await two.StartAsync();
        foreach (var hook in hooks)
            await Eventually.HoldsAsync(() => one.DeliveriesAsync(hook.Id), all => all.TrueForAll(d => d.State != DeliveryState.Pending));
        Assert.Equal(60, receiver.Messages.Count);
        Assert.Equal(60, receiver.Messages.Select(m => m.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_worker_whose_lease_expired_is_replaced_and_can_no_longer_write()
    {
        await using var bench = new Bench(postgres);
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, "https://hooks.example.org/");
        var id = await bench.PingAsync(hook);
        var stale = (await bench.Claims.NextAsync(Cancel))!.Value.Delivery;
        Assert.Null(await bench.Claims.NextAsync(Cancel));
        await bench.DueAsync(id);
        var next = (await bench.Claims.NextAsync(Cancel))!.Value.Delivery;
        Assert.Equal((id, stale.Fence + 1), (next.Id, next.Fence));
        await bench.Claims.EndAsync(stale, new(200, "late", null, 1), Bench.Now, 0, Cancel);
        Assert.Equal(DeliveryState.Pending, Assert.Single(await bench.DeliveriesAsync(hook.Id)).State);
        await bench.Claims.EndAsync(next, new(204, "", null, 1), Bench.Now, 0, Cancel);
        Assert.Equal(
            (DeliveryState.Delivered, 204),
            (Assert.Single(await bench.DeliveriesAsync(hook.Id)).State, Assert.Single(await bench.DeliveriesAsync(hook.Id)).StatusCode)
        );
    }

    [Fact]
    public async Task A_message_whose_last_attempt_was_not_recorded_fails()
    {
        await using var bench = new Bench(postgres);
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, "https://hooks.example.org/");
        var id = await bench.PingAsync(hook);
        for (var i = 0; i < WebhookDelivery.MaxAttempts; i++)
        {
            Assert.NotNull(await bench.Claims.NextAsync(Cancel));
            await bench.DueAsync(id);
        }
        Assert.Null(await bench.Claims.NextAsync(Cancel));
        var last = Assert.Single(await bench.DeliveriesAsync(hook.Id));
        Assert.Equal((DeliveryState.Failed, WebhookDelivery.MaxAttempts), (last.State, last.Attempt));
        Assert.Contains("whether the message came is unknown", last.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_organisation_does_not_take_every_lane()
    {
        await using var bench = new Bench(postgres);
        var (many, few) = (
            (await bench.AddAsync((await bench.TenantAsync()).OrgId, "https://hooks.example.org/")).Hook,
            (await bench.AddAsync((await bench.TenantAsync()).OrgId, "https://hooks.example.org/")).Hook
        );
        for (var i = 0; i < 5; i++)
            await bench.PingAsync(many);
        await bench.PingAsync(few);
        var claimed = new List<Guid>();
        while (await bench.Claims.NextAsync(Cancel) is { } next)
            claimed.Add(next.Webhook.Id);
        Assert.Equal((2, 1), (claimed.Count(c => c == many.Id), claimed.Count(c => c == few.Id)));
    }

    [Fact]
    public async Task A_worker_that_ends_gives_its_message_back_uncounted()
    {
        await using var bench = new Bench(postgres);
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, "https://hooks.example.org/");
        await bench.PingAsync(hook);
        await bench.Claims.GiveBackAsync((await bench.Claims.NextAsync(Cancel))!.Value.Delivery, Cancel);
        Assert.Equal(1, (await bench.Claims.NextAsync(Cancel))!.Value.Delivery.Attempt);
    }

    [Fact]
    public async Task What_is_turned_off_waits()
    {
        await using var bench = new Bench(postgres);
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, "https://hooks.example.org/");
        await bench.PingAsync(hook);
        await bench.ChangeAsync(hook.Id, w => w.Switch(false));
        Assert.Null(await bench.Claims.NextAsync(Cancel));
        await bench.ChangeAsync(hook.Id, w => w.Switch(true));
        Assert.NotNull(await bench.Claims.NextAsync(Cancel));
    }

    [Fact]
    public async Task A_secret_of_another_key_is_reported_and_not_sent()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        var (other, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        await bench.ChangeAsync(hook.Id, w => w.Secret = other.Secret);
        await bench.PingAsync(hook);
        await bench.StartAsync();
        var failed = await bench.WaitAsync(hook.Id, d => d.Error is not null);
        Assert.Contains("secret cannot be decrypted", failed.Error, StringComparison.Ordinal);
        Assert.Empty(receiver.Messages);
    }
}

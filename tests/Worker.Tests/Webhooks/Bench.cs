using System.Runtime.CompilerServices;
using GpuGeek.Contracts.Webhooks;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Tests.Support;
using GpuGeek.Worker.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace GpuGeek.Worker.Tests.Webhooks;

/// <summary>A worker whose webhook loops run only on request, and the messages they send.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly Settings _settings;
    private readonly List<IHostedService> _started = [];

    public Bench(PostgresFixture postgres, bool allowPrivate = true)
    {
        _settings = new(postgres);
        _settings.Variables["GPUGEEK_KEYS"] = Path.Combine(_settings.Work, "keys");
        if (allowPrivate)
            _settings.Variables["GPUGEEK_WEBHOOK_ALLOW_PRIVATE"] = "true";
        Worker = TestWorker.Create(_settings);
    }

    public TestWorker Worker { get; }
    public DeliveryClaims Claims => Worker.Get<DeliveryClaims>();
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async Task<(Webhook Hook, string Secret)> AddAsync(Guid org, string url, params string[] events)
    {
        var id = Guid.CreateVersion7(Now);
        var secret = WebhookSecret.Create();
        var hook = new Webhook
        {
            OrgId = org,
            Id = id,
            Url = url,
            Events = events.Length == 0 ? WebhookEventTypes.All : events,
            Secret = Worker.Get<WebhookSecrets>().Protect(org, id, secret),
            CreatedAt = Now,
            UpdatedAt = Now,
        };
        await using var db = Worker.Contexts.System();
        db.Webhooks.Add(hook);
        await db.SaveChangesAsync(Cancel);
        return (hook, secret);
    }

    public Task<Tenant> TenantAsync() => Tenant.CreateAsync(Worker.Contexts, Worker.Store);

    public async Task<Guid> PingAsync(Webhook hook)
    {
        var ping = WebhookOutbox.Ping(hook.OrgId, "acme", hook.Id, Now);
        await using var db = Worker.Contexts.System();
        db.WebhookDeliveries.Add(ping);
        await db.SaveChangesAsync(Cancel);
        return ping.Id;
    }

    public async Task StartAsync()
    {
        var service = Worker.GetAll<IHostedService>().OfType<Lane<DeliveryLane>>().Single();
        await service.StartAsync(Cancel);
        _started.Add(service);
    }

    public async Task ChangeAsync(Guid hook, Action<Webhook> change)
    {
        await using var db = Worker.Contexts.System();
        change(await db.Webhooks.IgnoreTenantFilter().SingleAsync(w => w.Id == hook, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    /// <summary>Simulates the passing of time.</summary>
    public async Task DueAsync(Guid delivery)
    {
        await using var db = Worker.Contexts.System();
        await db
            .WebhookDeliveries.IgnoreTenantFilter()
            .Where(d => d.Id == delivery)
            .ExecuteUpdateAsync(
                set => set.SetProperty(d => d.NextAttemptAt, Now.AddSeconds(-1)).SetProperty(d => d.LeaseUntil, (DateTimeOffset?)null),
                Cancel
            );
    }

    public async Task<Webhook> HookAsync(Guid id)
    {
        await using var db = Worker.Contexts.System();
        return await db.Webhooks.IgnoreTenantFilter().AsNoTracking().SingleAsync(w => w.Id == id, Cancel);
    }

    public async Task<List<WebhookDelivery>> DeliveriesAsync(Guid hook)
    {
        await using var db = Worker.Contexts.System();
        return await db
            .WebhookDeliveries.IgnoreTenantFilter()
            .AsNoTracking()
            .Where(d => d.WebhookId == hook)
            .OrderBy(d => d.Id)
            .ToListAsync(Cancel);
    }

    public async Task<WebhookDelivery> WaitAsync(
        Guid hook,
        Func<WebhookDelivery, bool> condition,
        [CallerArgumentExpression(nameof(condition))] string expected = ""
    ) =>
        (await Eventually.HoldsAsync(() => DeliveriesAsync(hook), all => all.Exists(d => condition(d)), expected: expected)).First(
            condition
        );

    /// <summary>Claims and completes one delivery like a loop, without the delays.</summary>
    public async Task<WebhookAnswer> SendOneAsync()
    {
        var (delivery, hook) = await Claims.NextAsync(Cancel) ?? throw new InvalidOperationException("Nothing is due.");
        var answer = await Worker
            .Get<WebhookClient>()
            .SendAsync(hook.Url, delivery, Worker.Get<WebhookSecrets>().Signing(hook, Now), Now, Cancel);
        await Claims.EndAsync(delivery, answer, Now, 0, Cancel);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _started)
            await service.StopAsync(CancellationToken.None);
        // Remaining deliveries would be claimed by the next test's loops.
        await using (var db = Worker.Contexts.System())
            await db.Webhooks.IgnoreTenantFilter().ExecuteDeleteAsync(CancellationToken.None);
        await Worker.DisposeAsync();
        _settings.Dispose();
    }
}

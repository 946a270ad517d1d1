using GpuGeek.Domain.Devices;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Devices;

public sealed class TimeOnADevice(PostgresFixture postgres) : IDisposable
{
    private static readonly SlotDevice A100 = new(DeviceClass.Gpu, "GPU-0", "a100");

    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    /// <summary>Whatever the run asked for, and whatever the plan says later.</summary>
    [Fact]
    public async Task Costs_what_the_plan_said_of_the_slots_device_at_the_claim()
    {
        await using var worker = TestWorker.Create(_settings);
        var code = await Plans.TinyAsync(
            worker,
            100,
            1 << 20,
            plan => plan.DevicePrices = new Dictionary<string, decimal> { ["gpu"] = 2.5m, ["a100"] = 4.1m }
        );
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store, code);
        (SlotDevice Device, string? Asked)[] claims =
        [
            (A100, "gpu"),
            (A100, null),
            (A100 with { ClassName = null }, null),
            (SlotDevice.Processor, "cpu"),
        ];
        foreach (var (device, asked) in claims)
        {
            var id = await tenant.QueueRunAsync(device: asked);
            var claim = await worker.Get<RunClaims>().NextAsync($"price/{id}", Cancel, device: device);
            Assert.Equal(id, claim?.RunId);
            await new RunWriter(
                worker.Contexts,
                worker.Get<GpuGeek.Infrastructure.Live.ILiveNotifier>(),
                TimeProvider.System,
                claim!
            ).CancelAsync(Cancel);
            await tenant.QueryAsync(db =>
                db.Plans.Where(p => p.Code == code)
                    .ExecuteUpdateAsync(s => s.SetProperty(p => p.PricePerHour, p => p.PricePerHour + 1), Cancel)
            );
        }
        var intervals = await tenant.QueryAsync(db =>
            db.UsageIntervals.IgnoreTenantFilter().Where(u => u.OrgId == tenant.OrgId).OrderBy(u => u.StartedAt).ToListAsync(Cancel)
        );
        Assert.Equal([("a100", 4.1m), ("a100", 4.1m), ("gpu", 2.5m), ("cpu", 3m)], intervals.ConvertAll(u => (u.Device, u.PricePerHour)));
    }
}

using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Devices;

/// <summary>A slot claims what its device can train.</summary>
public sealed class ARunThatAsksForADevice : IAsyncLifetime
{
    private static readonly SlotDevice Cpu = SlotDevice.Processor,
        Gpu = new(DeviceClass.Gpu, "GPU-0"),
        A100 = new(DeviceClass.Gpu, "GPU-1", "a100"),
        Xeon = new(DeviceClass.Cpu, "cpu", "xeon");

    private readonly Settings _settings;
    private TestWorker _worker = null!;
    private Tenant _tenant = null!;
    private int _slots;

    public ARunThatAsksForADevice(PostgresFixture postgres) => _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunClaims Claims => _worker.Get<RunClaims>();

    public async ValueTask InitializeAsync()
    {
        _worker = TestWorker.Create(_settings);
        _tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
    }

    public async ValueTask DisposeAsync()
    {
        await _tenant.QueryAsync(async db =>
        {
            await db.Database.ExecuteSqlAsync($"UPDATE runs SET state = 'canceled' WHERE org_id = {_tenant.OrgId}", CancellationToken.None);
            return await db.RunLeases.IgnoreTenantFilter().Where(l => l.OrgId == _tenant.OrgId).ExecuteDeleteAsync(CancellationToken.None);
        });
        await _worker.DisposeAsync();
        _settings.Dispose();
    }

    private string Slot() => $"match/{_tenant.OrgId:N}/{Interlocked.Increment(ref _slots)}";

    private async Task<Guid?> NextAsync(SlotDevice device) => (await Claims.NextAsync(Slot(), Cancel, device: device))?.RunId;

    public static TheoryData<string?, bool, bool, bool, bool> Matches =>
        new()
        {
            { null, true, true, true, true },
            { "cpu", true, true, false, false },
            { "gpu", false, false, true, true },
            { "a100", false, false, false, true },
            { "xeon", false, true, false, false },
            { "a10", false, false, false, false },
        };

    [Theory]
    [MemberData(nameof(Matches))]
    public async Task Is_claimed_by_slots_of_its_class_alone(string? asked, bool cpu, bool xeon, bool gpu, bool a100)
    {
        var id = await _tenant.QueueRunAsync(device: asked);
        foreach (var (device, matches) in ((SlotDevice, bool)[])[(Cpu, cpu), (Xeon, xeon), (Gpu, gpu), (A100, a100)])
        {
            Assert.Equal(matches ? id : null, await Claims.PeekAsync(null, device, Cancel));
            Assert.Equal(matches, await Claims.NextAsync(Slot(), Cancel, device: device) is { } claim && claim.Device == device);
            if (matches)
                await _tenant.QueryAsync(db =>
                    db.Database.ExecuteSqlAsync($"UPDATE runs SET state = 'queued', attempt = 0 WHERE id = {id}", Cancel)
                );
        }
    }

    [Fact]
    public async Task Does_not_hold_up_what_other_slots_can_train()
    {
        var waits = await _tenant.QueueRunAsync(priority: 5, device: "a100");
        var any = await _tenant.QueueRunAsync();
        Assert.Equal(any, await NextAsync(Gpu));
        Assert.Null(await NextAsync(Cpu));
        Assert.Equal(waits, await NextAsync(A100));
    }

    [Fact]
    public async Task Is_claimed_once_by_many_slots_at_the_same_time()
    {
        var id = await _tenant.QueueRunAsync(device: "gpu");
        var claims = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i =>
                    NextAsync(
                        i % 3 == 0 ? Cpu
                        : i % 3 == 1 ? Gpu
                        : A100
                    )
                )
        );
        Assert.Equal(id, Assert.Single(claims, claim => claim is not null));
    }

    [Fact]
    public async Task Is_not_claimed_by_its_id_for_another_device_either()
    {
        var id = await _tenant.QueueRunAsync(device: "gpu");
        Assert.Null(await Claims.ClaimAsync(id, Slot(), Cpu, Cancel));
        Assert.Equal(A100, (await Claims.ClaimAsync(id, Slot(), A100, Cancel))?.Device);
    }

    [Fact]
    public async Task Waits_for_a_worker_that_has_it()
    {
        var other = await _tenant.QueueRunAsync();
        var id = await _tenant.QueueRunAsync(device: "gpu");
        var trainer = Trainers.Write(_settings, Trainers.Succeeds);
        await using (await TestWorker.StartAsync(_settings, trainer))
        {
            await _tenant.WaitForRunAsync(other, r => r.State == RunState.Succeeded);
            Assert.Equal((RunState.Queued, 0), await _tenant.RunAsync(id) is var run ? (run.State, run.Attempt) : default);
        }
        await using var worker = await TestWorker.StartAsync(_settings, trainer, change: Gpus.Use(1));
        await _tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);
    }
}

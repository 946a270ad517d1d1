using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

/// <summary>The supervisor of a run in a process of its own, as launchers start it.</summary>
public sealed class ALaunchedSupervisor(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Refuses_a_device_that_no_slot_here_trains_on()
    {
        await using var worker = TestWorker.Create(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync();
        var launched = await worker.Get<IRunLauncher>().StartAsync(id, "refused/1/slot-0", new(DeviceClass.Gpu, "GPU-9"), Cancel);
        Assert.Equal(SupervisorExit.Refused, await launched.Exited.WaitAsync(Cancel));
        Assert.Contains(
            "no device GPU-9 here",
            await File.ReadAllTextAsync(Path.Combine(_settings.Work, "supervisors", $"{id:N}.log"), Cancel),
            StringComparison.Ordinal
        );
        Assert.Equal((RunState.Queued, 0), await tenant.RunAsync(id) is var run ? (run.State, run.Attempt) : default);
        await tenant.QueryAsync(db =>
            db.Database.ExecuteSqlAsync($"UPDATE runs SET state = 'canceled' WHERE org_id = {tenant.OrgId}", Cancel)
        );
    }

    [Fact]
    public async Task Hands_its_run_back_when_it_is_stopped_and_the_next_one_finishes_it()
    {
        Guid id;
        _settings.Variables["GPUGEEK_LAUNCHER"] = "process";
        await using var another = TestWorker.Create(_settings);
        var tenant = await Tenant.CreateAsync(another.Contexts, another.Store);
        await using (var worker = await TestWorker.StartAsync(_settings))
        {
            // Long enough that a busy machine does not finish it between its first checkpoint and the stop.
            id = await ShapesTraining.QueueAsync(worker, tenant, epochs: 24);
            await tenant.WaitForRunAsync(id, r => r.CheckpointStep > 0);
            Assert.Single(ProcessTable.WithArgument($"supervise\0{id}"));
            // Draining stops the supervisor, which stops its trainer.
            await worker.DrainAsync();
        }
        Assert.Empty(ProcessTable.WithArgument(id.ToString()));
        Assert.Equal((RunState.Queued, 1), await tenant.RunAsync(id) is var back ? (back.State, back.Attempt) : default);

        var launched = await another.Get<IRunLauncher>().StartAsync(id, "another/1/slot-0", SlotDevice.Processor, Cancel);
        var late = await another.Get<IRunLauncher>().StartAsync(id, "another/1/slot-1", SlotDevice.Processor, Cancel);
        int[] codes = [await launched.Exited.WaitAsync(Cancel), await late.Exited.WaitAsync(Cancel)];
        // Of two for one run, one claims it.
        Assert.Equal([SupervisorExit.Supervised, SupervisorExit.NotClaimed], codes.Order());
        Assert.Equal((RunState.Succeeded, 2), await tenant.RunAsync(id) is var run ? (run.State, run.Attempt) : default);
        Assert.Equal(
            2,
            await tenant.QueryAsync(db =>
                db.UsageIntervals.IgnoreTenantFilter().CountAsync(u => u.RunId == id && u.EndedAt != null, Cancel)
            )
        );
    }
}

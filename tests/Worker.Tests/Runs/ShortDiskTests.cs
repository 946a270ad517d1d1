using System.Globalization;
using System.Security.Cryptography;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

/// <summary>Before, such a run was claimed, its child died because the disk was full, and each death counted until the run had
/// failed.</summary>
public sealed class AWorkerOnAFullDisk(PostgresFixture postgres) : IDisposable
{
    private const long Size = 320L << 20;
    private const string WaitsForTheFullDisk = """
        point train/loss 1 0.5
        while [ ! -f "$dir/full" ]; do sleep 0.05; done
        checkpoint 1; result
        """;

    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Keeps_runs_and_imports_queued_with_a_reason_until_space_is_freed()
    {
        using var disk = SmallDisk.Mount(Size);
        Assert.SkipWhen(disk is null, "Mounting a file system is not allowed here.");
        _settings.Variables["GPUGEEK_WORK"] = disk!.At("work");
        _settings.Variables["GPUGEEK_RESERVE_BYTES"] = (1 << 20).ToString(CultureInfo.InvariantCulture);
        disk.Take(Size - (2 << 20));
        await using (var worker = await TestWorker.StartAsync(_settings, Trainers.Write(_settings, Trainers.Succeeds)))
        {
            var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
            var id = await tenant.QueueRunAsync();
            var import = await tenant.QueueImportAsync(Zips.Of(("cat/1.png", RandomNumberGenerator.GetBytes(4 << 20))));
            var weights = await tenant.QueueWeightsAsync(size: 4 << 20);
            var lines = await Eventually.HoldsAsync(() => LinesAsync(tenant, id), seen => seen.Count > 0);
            Assert.Contains("waits for disk space", lines[0], StringComparison.Ordinal);
            var waiting = await tenant.RunAsync(id);
            Assert.Equal((RunState.Queued, 0), (waiting.State, waiting.Attempt));
            Assert.Equal(JobState.Queued, await StateAsync(tenant, import));
            Assert.Equal(JobState.Queued, await StateAsync(tenant, weights));

            disk.Empty();
            var run = await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);
            Assert.Equal(1, run.Attempt);
            await Eventually.HoldsAsync(() => StateAsync(tenant, import), state => state != JobState.Queued);
            await Eventually.HoldsAsync(() => StateAsync(tenant, weights), state => state != JobState.Queued);
        }
    }

    /// <summary>The checkpoint is not stored, the result waits, and the run was started once.</summary>
    [Fact]
    public async Task Keeps_a_run_that_finds_the_store_full_and_stores_its_result_when_space_is_freed()
    {
        using var disk = SmallDisk.Mount(1 << 20);
        Assert.SkipWhen(disk is null, "Mounting a file system is not allowed here.");
        _settings.Variables["GPUGEEK_OBJECTS"] = disk!.At("objects");
        _settings.Variables["GPUGEEK_RESERVE_BYTES"] = "0";
        await using (var worker = await TestWorker.StartAsync(_settings, Trainers.Write(_settings, WaitsForTheFullDisk)))
        {
            var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
            var id = await tenant.QueueRunAsync();
            await tenant.WaitForRunAsync(id, r => r.State == RunState.Running);
            disk.Fill();
            File.WriteAllText(Path.Combine(_settings.Work, "runs", id.ToString("N"), "full"), "");
            var lines = await Eventually.HoldsAsync(
                () => LinesAsync(tenant, id),
                seen => seen.Exists(l => l.Contains("The result is stored"))
            );
            Assert.Contains(lines, l => l.Contains("checkpoint of step 1 is not stored", StringComparison.Ordinal));
            disk.Empty();
            Assert.Equal(1, (await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded)).Attempt);
        }
    }

    /// <summary>Before, the picture cache grew into the reserve up to its own limit.</summary>
    [Fact]
    public async Task Gives_up_cached_pictures_for_the_reserve_and_then_refuses_to_fetch_more()
    {
        using var disk = SmallDisk.Mount(64 << 20);
        Assert.SkipWhen(disk is null, "Mounting a file system is not allowed here.");
        _settings.Variables["GPUGEEK_WORK"] = disk!.At("work");
        _settings.Variables["GPUGEEK_RESERVE_BYTES"] = (48 << 20).ToString(CultureInfo.InvariantCulture);
        await using (var worker = await TestWorker.StartAsync(_settings, Trainers.Write(_settings, Trainers.Succeeds)))
        {
            var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
            var cache = worker.Get<PictureCache>();
            string[] first =
            [
                await tenant.KeepAsync(RandomNumberGenerator.GetBytes(4 << 20)),
                await tenant.KeepAsync(RandomNumberGenerator.GetBytes(4 << 20)),
            ];
            var second = await tenant.KeepAsync(RandomNumberGenerator.GetBytes(4 << 20));
            await cache.BringAsync(tenant.OrgId, first, disk.At("run"), Cancel);
            Assert.Equal(2, Cached().Length);
            // The run has ended; its pictures are only in the cache.
            Directory.Delete(disk.At("run"), recursive: true);
            disk.Take(10 << 20);
            await cache.BringAsync(tenant.OrgId, [second], disk.At("another"), Cancel);
            Assert.Contains(second, Cached().Select(Path.GetFileName));
            Assert.Equal(2, Cached().Length);
            disk.Take(40 << 20);
            await Assert.ThrowsAsync<DiskFullException>(() => cache.BringAsync(tenant.OrgId, first, disk.At("third"), Cancel));
            Assert.Empty(Cached());
        }

        string[] Cached() => Directory.GetFiles(disk.At("work/cache"), "*", SearchOption.AllDirectories);
    }

    private static Task<List<string>> LinesAsync(Tenant tenant, Guid run) =>
        tenant.QueryAsync(db => db.RunLogLines.IgnoreTenantFilter().Where(l => l.RunId == run).Select(l => l.Message).ToListAsync(Cancel));

    private static async Task<JobState> StateAsync(Tenant tenant, Guid job) => (await tenant.JobAsync(job)).State;
}

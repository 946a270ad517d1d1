using System.Globalization;
using System.Security.Cryptography;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

/// <summary>Before, such a run was claimed, its child died of the full disk, and each death cost an attempt until the run had
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
    public async Task Leaves_runs_and_imports_in_the_queue_says_why_and_goes_on_when_space_is_freed()
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
            var lines = await Eventually.HoldsAsync(() => LinesAsync(tenant, id), seen => seen.Count > 0);
            Assert.Contains("waits for disk space", lines[0], StringComparison.Ordinal);
            var waiting = await tenant.RunAsync(id);
            Assert.Equal((RunState.Queued, 0), (waiting.State, waiting.Attempt));
            Assert.Equal(ImportState.Queued, await StateAsync(tenant, import));

            disk.Empty();
            var run = await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);
            Assert.Equal(1, run.Attempt);
            await Eventually.HoldsAsync(() => StateAsync(tenant, import), state => state != ImportState.Queued);
        }
    }

    /// <summary>The checkpoint is not kept, the result waits, and the run has lived once.</summary>
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
            var lines = await Eventually.HoldsAsync(() => LinesAsync(tenant, id), seen => seen.Exists(l => l.Contains("The result is kept")));
            Assert.Contains(lines, l => l.Contains("checkpoint of step 1 is not kept", StringComparison.Ordinal));
            disk.Empty();
            Assert.Equal(1, (await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded)).Attempt);
        }
    }

    private static Task<List<string>> LinesAsync(Tenant tenant, Guid run) =>
        tenant.QueryAsync(db => db.RunLogLines.OfEveryOrg().Where(l => l.RunId == run).Select(l => l.Message).ToListAsync(Cancel));

    private static Task<ImportState> StateAsync(Tenant tenant, Guid import) =>
        tenant.QueryAsync(db => db.Imports.OfEveryOrg().Where(i => i.Id == import).Select(i => i.State).SingleAsync(Cancel));
}

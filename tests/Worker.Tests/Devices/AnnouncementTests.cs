using GpuGeek.Domain.Devices;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Training.Devices;
using GpuGeek.Worker.Devices;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace GpuGeek.Worker.Tests.Devices;

/// <summary>A worker says what its slots train on.</summary>
public sealed class TheDevicesOfAWorker(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private async Task<List<WorkerDevice>> AnnouncedAsync(IDbContexts contexts)
    {
        await using var db = contexts.System();
        return await db
            .WorkerDevices.AsNoTracking()
            .Where(d => d.Worker.EndsWith(_settings.Work))
            .OrderBy(d => d.Device)
            .ToListAsync(Cancel);
    }

    private static DeviceAnnouncement AnnouncementOf(TestWorker worker) =>
        worker.GetAll<IHostedService>().OfType<DeviceAnnouncement>().Single();

    [Fact]
    public async Task Are_announced_at_its_start_and_again_and_taken_back_at_its_end()
    {
        await using var observer = TestWorker.Create(_settings);
        _settings.Variables["GPUGEEK_DEVICE_CLASS"] = "old-xeon";
        _settings.Variables["GPUGEEK_SLOTS"] = "3";
        await using (var worker = await TestWorker.StartAsync(_settings, change: o => o.Heartbeat = TimeSpan.FromMilliseconds(50)))
        {
            var first = Assert.Single(await Eventually.HoldsAsync(() => AnnouncedAsync(observer.Contexts), seen => seen.Count > 0));
            Assert.Equal(("cpu", "cpu", "old-xeon", 3), (first.Device, first.Class, first.ClassName, first.Slots));
            Assert.Equal(MachineDevice.All()[^1].Model, first.Model);
            Assert.Matches("^2\\.[0-9.]+\\+cpu$", first.Libtorch);
            await Eventually.HoldsAsync(() => AnnouncedAsync(observer.Contexts), seen => seen.Single().SeenAt > first.SeenAt);
            await worker.DrainAsync();
        }
        Assert.Empty(await AnnouncedAsync(observer.Contexts));
    }

    [Fact]
    public async Task That_died_are_deleted_by_the_next_announcement()
    {
        await using var worker = TestWorker.Create(_settings);
        await using var db = worker.Contexts.System();
        var dead = $"dead:{_settings.Work}";
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO worker_devices (worker, device, class, model, libtorch, slots, seen_at) VALUES
                ({dead}, 'old', 'gpu', 'T4', '2.10.0+cuda', 1, now() - {WorkerDevice.CountsFor} - interval '1 second'),
                ({dead}, 'new', 'gpu', 'T4', '2.10.0+cuda', 1, now())
            """,
            Cancel
        );
        await AnnouncementOf(worker).AnnounceAsync(Cancel);
        Assert.Equal(["cpu", "new"], (await AnnouncedAsync(worker.Contexts)).ConvertAll(d => d.Device));
    }

    [Fact]
    public async Task Are_GPUs_in_turn_where_there_are_fewer_than_slots()
    {
        _settings.Variables["GPUGEEK_SLOTS"] = "3";
        await using var worker = TestWorker.Create(_settings, change: Gpus.Use(2));
        await AnnouncementOf(worker).AnnounceAsync(Cancel);
        Assert.Equal(
            [("GPU-0", "gpu", Gpus.Model, (long?)Gpus.Memory, Gpus.Driver, 2), ("GPU-1", "gpu", Gpus.Model, Gpus.Memory, Gpus.Driver, 1)],
            (await AnnouncedAsync(worker.Contexts)).ConvertAll(d => (d.Device, d.Class, d.Model, d.MemoryBytes, d.Driver, d.Slots))
        );
        var devices = worker.Get<SlotDevices>();
        Assert.Equal(["GPU-0", "GPU-1", "GPU-0"], Enumerable.Range(0, 3).Select(slot => devices.Of(slot).Id));
        Assert.Null(devices.Find("GPU-2"));
    }

    [Fact]
    public async Task That_no_slot_trains_on_are_not_announced_and_not_remembered()
    {
        await using (
            var two = TestWorker.Create(
                _settings,
                change: o =>
                {
                    Gpus.Use(2)(o);
                    o.Slots = 2;
                }
            )
        )
            await AnnouncementOf(two).AnnounceAsync(Cancel);
        await using var one = TestWorker.Create(_settings, change: Gpus.Use(2));
        await AnnouncementOf(one).AnnounceAsync(Cancel);
        Assert.Equal("GPU-0", Assert.Single(await AnnouncedAsync(one.Contexts)).Device);
    }

    [Theory]
    [InlineData("", TorchBuild.Cuda, 2, "gpu")]
    [InlineData("", TorchBuild.Cuda, 0, "cpu")]
    [InlineData("", TorchBuild.Cpu, 2, "cpu")]
    [InlineData("cpu", TorchBuild.Cuda, 2, "cpu")]
    [InlineData("gpu", TorchBuild.Cuda, 1, "gpu")]
    public async Task Are_GPUs_where_the_build_and_the_machine_have_them_and_nothing_else_is_set(
        string setting,
        string backend,
        int gpus,
        string expected
    )
    {
        _settings.Variables["GPUGEEK_DEVICES"] = setting;
        await using var worker = TestWorker.Create(_settings, change: Gpus.Use(gpus, backend));
        Assert.Equal(expected, worker.Get<SlotDevices>().Of(0).Class);
    }

    [Theory]
    [InlineData("GPUGEEK_DEVICES", "tpu", "GPUGEEK_DEVICES must be 'cpu' or 'gpu'")]
    [InlineData("GPUGEEK_DEVICES", "gpu", "shows no GPU here")]
    [InlineData("GPUGEEK_DEVICE_CLASS", "A100", "GPUGEEK_DEVICE_CLASS must have")]
    [InlineData("GPUGEEK_DEVICE_CLASS", "a100\n", "GPUGEEK_DEVICE_CLASS must have")]
    [InlineData("GPUGEEK_DEVICE_CLASS", "gpu", "must not be 'cpu' or 'gpu'")]
    public async Task That_cannot_be_used_are_refused_at_the_start(string variable, string value, string sentence)
    {
        _settings.Variables[variable] = value;
        await using var worker = TestWorker.Create(_settings, change: Gpus.Use(0));
        var refused = Assert.Throws<OptionsValidationException>(() => worker.Get<IOptions<WorkerOptions>>().Value);
        Assert.Contains(sentence, Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Are_those_of_the_libtorch_in_the_folder_where_the_build_brings_none()
    {
        var folder = Directory.CreateDirectory(_settings.Work).FullName;
        Assert.Equal([TorchBuild.Cpu, TorchBuild.Cpu], [TorchBuild.OfFolder(null), TorchBuild.OfFolder(folder)]);
        File.WriteAllText(Path.Combine(folder, "libtorch_cuda.so"), "");
        Assert.Equal(TorchBuild.Cuda, TorchBuild.OfFolder(folder));
    }

    [Fact]
    public async Task Are_refused_by_a_process_whose_libtorch_cannot_use_them()
    {
        _settings.Variables["GPUGEEK_DEVICES"] = "gpu";
        using var worker = WorkerProcess.Start(_settings);
        var errors = await worker.StandardError.ReadToEndAsync(Cancel);
        await worker.WaitForExitAsync(Cancel);
        Assert.Equal(1, worker.ExitCode);
        Assert.Contains("computes on the processor alone", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    /// <summary>People see what they can ask for; names of machines and numbers of GPUs are the operator's, and nobody but workers
    /// announces.</summary>
    [Theory]
    [InlineData("SELECT class, class_name, model, slots, seen_at FROM worker_devices", true)]
    [InlineData("SELECT worker FROM worker_devices", false)]
    [InlineData("SELECT device, driver, libtorch, memory_bytes FROM worker_devices", false)]
    [InlineData(
        "INSERT INTO worker_devices (worker, device, class, model, libtorch, slots, seen_at) VALUES ('a','b','gpu','c','d',1,now())",
        false
    )]
    [InlineData("UPDATE worker_devices SET slots = 64", false)]
    [InlineData("DELETE FROM worker_devices", false)]
    public async Task Are_walled_from_the_role_that_serves_requests(string statement, bool allowed)
    {
        await using var connection = new NpgsqlConnection(postgres.Connections.App);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(statement, connection);
        if (allowed)
            await command.ExecuteNonQueryAsync(Cancel);
        else
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
    }
}

using System.Text.Json;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Devices;

/// <summary>What the training process of a slot is told; no GPU computes here.</summary>
public sealed class ASlotWithAGpu(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    private async Task<(string Visible, string Device)> TrainAsync(Action<WorkerOptions>? change)
    {
        var seen = Directory.CreateDirectory(Path.Combine(_settings.Work, "seen")).FullName;
        var trainer = Trainers.Write(
            _settings,
            $"""echo "${"{CUDA_VISIBLE_DEVICES-unset}"}" > {seen}/visible; cp "$dir/spec.json" {seen}; {Trainers.Succeeds}"""
        );
        await using var worker = await TestWorker.StartAsync(_settings, trainer, change: change);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Succeeded);
        var spec = await File.ReadAllBytesAsync(Path.Combine(seen, "spec.json"), Cancel);
        return (
            (await File.ReadAllTextAsync(Path.Combine(seen, "visible"), Cancel)).Trim(),
            JsonSerializer.Deserialize<RunSpec>(spec, RunDirectory.Json)!.Device
        );
    }

    [Fact]
    public async Task Shows_its_trainer_this_GPU_alone() => Assert.Equal(("GPU-0", "cuda"), await TrainAsync(Gpus.Use(2)));

    [Fact]
    public async Task Is_none_where_slots_train_on_the_processor() => Assert.Equal(("unset", "cpu"), await TrainAsync(null));
}

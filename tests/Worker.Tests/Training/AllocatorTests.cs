using GpuGeek.Domain.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Training;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Training;

public sealed class TheAllocatorOfATraining(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Is_the_one_that_the_set_up_installs()
    {
        var seen = Path.Combine(_settings.Work, "maps");
        var trainer = Trainers.Write(_settings, $"cat /proc/self/maps > {seen}; {Trainers.Succeeds}");
        await using var worker = await TestWorker.StartAsync(_settings, trainer);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Succeeded);
        var maps = await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken);
        Assert.Contains(TrainingAllocator.Library, maps, StringComparison.Ordinal);
    }
}

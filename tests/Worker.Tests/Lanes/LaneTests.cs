using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Lanes;

public sealed class ANotification(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    public void Dispose() => _settings.Dispose();

    /// <summary>The poll would find the job after an hour.</summary>
    [Fact]
    public async Task Wakes_the_worker()
    {
        await using var worker = await TestWorker.StartAsync(_settings, poll: TimeSpan.FromHours(1));
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        // Until the worker listens, nobody hears it.
        var job = await tenant.QueueImportAsync(null, "shapes");
        await Eventually.HoldsAsync(
            async () =>
            {
                await worker.Get<ILiveNotifier>().JobQueuedAsync();
                return (await tenant.JobAsync(job)).State;
            },
            state => state != JobState.Queued
        );
    }
}

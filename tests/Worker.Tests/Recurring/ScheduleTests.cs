using GpuGeek.TestSupport;
using GpuGeek.Worker.Recurring;
using GpuGeek.Worker.Tests.Support;
using Hangfire;
using Hangfire.Storage;

namespace GpuGeek.Worker.Tests.Recurring;

public sealed class TheScheduleOfRecurringWork(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    public void Dispose() => _settings.Dispose();

    [Theory]
    [InlineData(1, "*/1 * * * *")]
    [InlineData(7, "*/6 * * * *")]
    [InlineData(59, "*/30 * * * *")]
    [InlineData(60, "7 */1 * * *")]
    [InlineData(200, "7 */3 * * *")]
    [InlineData(1440, "7 3 */1 * *")]
    [InlineData(10080, "7 3 */7 * *")]
    public void Rounds_down_to_what_a_day_divides_into(int minutes, string cron) => Assert.Equal(cron, RecurringSchedule.Cron(minutes));

    [Fact]
    public async Task Is_written_by_a_worker_and_done_by_it()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        using var storage = worker.Get<JobStorage>().GetConnection();
        var written = await Eventually.HoldsAsync(() => storage.GetRecurringJobs(), jobs => jobs.Count == 7);
        Assert.Equal(
            ["dataset-counts", "embeddings", "expiry", "jobs", "purge", "unreferenced-objects", "webhook-deliveries"],
            written.Select(job => job.Id).Order()
        );
        Assert.All(written, job => Assert.Null(job.LoadException));
        foreach (var job in written)
            worker.Get<IRecurringJobManager>().Trigger(job.Id);
        var done = await Eventually.HoldsAsync(
            () => storage.GetRecurringJobs(),
            jobs => jobs.All(job => job.LastJobState is "Succeeded" or "Failed")
        );
        Assert.All(done, job => Assert.Equal("Succeeded", job.LastJobState));
    }
}

using GpuGeek.Infrastructure.Queue;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Npgsql;

namespace GpuGeek.Worker.Tests.Hosting;

public sealed class HintsThroughTheQueue(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Are_claimed_by_the_worker()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        worker.Get<IJobQueue>().HintRuns();
        worker.Get<IJobQueue>().HintImport(tenant.OrgId, tenant.DatasetId);
        await using var connection = new NpgsqlConnection(postgres.SuperUser);
        await connection.OpenAsync(Cancel);
        await using var succeeded = new NpgsqlCommand(
            "SELECT array_agg(invocationdata->>'Method' ORDER BY invocationdata->>'Method') FROM hangfire.job WHERE statename = "
                + "'Succeeded'",
            connection
        );
        await using var failed = new NpgsqlCommand(
            "SELECT count(*) FROM hangfire.job WHERE statename IN ('Failed', 'Deleted')",
            connection
        );
        var done = await Eventually.HoldsAsync(
            async () => await succeeded.ExecuteScalarAsync(Cancel) as string[] ?? [],
            jobs => jobs.Length == 2
        );
        Assert.Equal(["ClaimAsync", "RunAsync"], done);
        Assert.Equal(0L, await failed.ExecuteScalarAsync(Cancel));
    }
}

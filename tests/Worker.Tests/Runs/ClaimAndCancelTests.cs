using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Runs;

/// <summary>A cancellation locks the lease and then writes the run. A concurrent claim must come after it without a deadlock.</summary>
public sealed class AClaimThatMeetsACancel : IAsyncLifetime
{
    private readonly Settings _settings;
    private TestWorker _worker = null!;
    private Tenant _tenant = null!;

    public AClaimThatMeetsACancel(PostgresFixture postgres) => _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _worker = TestWorker.Create(_settings);
        _tenant = await Tenant.CreateAsync(_worker.Contexts, _worker.Store);
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody works on these: a test with a worker would claim them.
        await _tenant.QueryAsync(db =>
            db.Database.ExecuteSqlAsync($"UPDATE runs SET state = 'canceled' WHERE org_id = {_tenant.OrgId}", CancellationToken.None)
        );
        await _worker.DisposeAsync();
        _settings.Dispose();
    }

    [Fact]
    public async Task Waits_for_it_and_takes_the_next_run()
    {
        // Higher than all priorities in other tests.
        var (canceled, next) = (await _tenant.QueueRunAsync(priority: 2_000_000), await _tenant.QueueRunAsync(priority: 1_000_000));
        await _tenant.QueryAsync(db =>
            db.Database.ExecuteSqlAsync($"INSERT INTO run_leases (org_id, run_id, fence) VALUES ({_tenant.OrgId}, {canceled}, 0)", Cancel)
        );
        await using var db = _worker.Contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(Cancel);
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM run_leases WHERE run_id = {canceled} FOR NO KEY UPDATE", Cancel);
        var claim = _worker.Get<RunClaims>().NextAsync($"meets {canceled}", Cancel);
        await WaitsAsync();

        var run = await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == canceled, Cancel);
        run.RequestCancel(TimeProvider.System.GetUtcNow());
        await db.SaveChangesAsync(Cancel);
        await transaction.CommitAsync(Cancel);
        Assert.Equal(next, (await claim)!.RunId);
        Assert.Equal((RunState.Canceled, 0), await _tenant.RunAsync(canceled) is var after ? (after.State, after.Attempt) : default);
    }

    /// <summary>Until the claim waits for the lease.</summary>
    private Task<List<string>> WaitsAsync() =>
        Eventually.HoldsAsync(
            () =>
                _tenant.QueryAsync(db =>
                    db.Database.SqlQuery<string>($"SELECT query AS \"Value\" FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                        .ToListAsync(Cancel)
                ),
            waiting => waiting.Exists(query => query.StartsWith("INSERT INTO run_leases", StringComparison.Ordinal))
        );
}

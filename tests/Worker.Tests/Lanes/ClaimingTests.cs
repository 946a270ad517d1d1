using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Jobs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Lanes;

/// <summary>Claims of jobs; each test has a kind of its own, so that no other test's jobs are claimed.</summary>
public sealed class AClaimOfAJob(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Settings _settings = new(postgres);
    private readonly string _kind = $"test-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
    private TestWorker _worker = null!;
    private Tenant _tenant = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private JobClaims Claims => _worker.Get<JobClaims>();

    public async ValueTask InitializeAsync()
    {
        _worker = TestWorker.Create(_settings);
        _tenant = await NewTenantAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        _settings.Dispose();
    }

    private Task<Tenant> NewTenantAsync() => Tenant.CreateAsync(_worker.Contexts, _worker.Store);

    private async Task<List<Guid>> QueueAsync(
        Tenant tenant,
        int count = 1,
        int priority = 0,
        long space = 0,
        DateTimeOffset? notBefore = null
    )
    {
        var now = TimeProvider.System.GetUtcNow();
        List<Job> jobs =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new Job
                {
                    OrgId = tenant.OrgId,
                    Id = Guid.CreateVersion7(now),
                    Kind = _kind,
                    Name = "work",
                    Priority = priority,
                    SpaceBytes = space,
                    NotBefore = notBefore,
                    CreatedBy = tenant.OrgId,
                    CreatedAt = now.AddMilliseconds(i),
                    QueuedAt = now,
                }),
        ];
        await using var db = _worker.Contexts.System();
        db.Jobs.AddRange(jobs);
        await db.SaveChangesAsync(Cancel);
        return jobs.ConvertAll(job => job.Id);
    }

    private Task<Job?> NextAsync(string owner = "a/1/jobs-0", long space = long.MaxValue) =>
        Claims.NextAsync([_kind], owner, space, Cancel);

    private Task EndAsync(Job job) => Claims.EndAsync(job, JobState.Succeeded, null, _ => Task.CompletedTask, Cancel);

    [Fact]
    public async Task Takes_turns_between_organisations_however_many_one_has_queued()
    {
        await QueueAsync(_tenant, 200);
        List<Job> running = [(await NextAsync())!, (await NextAsync())!, (await NextAsync())!];
        var few = await NewTenantAsync();
        var one = (await QueueAsync(few)).Single();
        // The next slot that becomes free.
        await EndAsync(running[0]);
        Assert.Equal(one, (await NextAsync())!.Id);
    }

    [Fact]
    public async Task Takes_turns_also_with_one_slot()
    {
        var few = await NewTenantAsync();
        await QueueAsync(_tenant, 10);
        await QueueAsync(few, 2);
        var order = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            var job = (await NextAsync())!;
            order.Add(job.OrgId);
            await EndAsync(job);
        }
        Assert.Equal([_tenant.OrgId, few.OrgId, _tenant.OrgId, few.OrgId, _tenant.OrgId], order);
    }

    [Fact]
    public async Task Forty_at_once_claim_forty_jobs()
    {
        await QueueAsync(_tenant, 40);
        var claimed = await Task.WhenAll(Enumerable.Range(0, 44).Select(i => NextAsync($"a/1/jobs-{i}")));
        var ids = claimed.OfType<Job>().Select(job => job.Id).ToList();
        Assert.Equal((40, 40), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task Leaves_what_the_worker_does_not_know_what_does_not_fit_and_what_waits_for_its_time()
    {
        await QueueAsync(_tenant, space: 1000);
        await QueueAsync(_tenant, notBefore: TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.Null(await NextAsync(space: 1000));
        Assert.Null(await Claims.NextAsync([JobKinds.Import + "s"], "a/1/jobs-0", long.MaxValue, Cancel));
        Assert.NotNull(await NextAsync(space: 1001));
        Assert.Null(await NextAsync());
    }

    [Fact]
    public async Task Takes_the_higher_priority_and_a_cancelled_job_first()
    {
        var usual = (await QueueAsync(_tenant)).Single();
        var urgent = (await QueueAsync(_tenant, priority: 1)).Single();
        var canceled = (await QueueAsync(_tenant)).Single();
        await _tenant.ChangeJobAsync(canceled, s => s.SetProperty(j => j.CancelRequested, true));
        Assert.Equal([canceled, urgent, usual], [(await NextAsync())!.Id, (await NextAsync())!.Id, (await NextAsync())!.Id]);
    }

    [Fact]
    public async Task Of_an_expired_lease_makes_the_first_owner_stale()
    {
        await QueueAsync(_tenant);
        var first = (await NextAsync("dead/1/jobs-0"))!;
        Assert.Null(await NextAsync());
        await _tenant.ChangeJobAsync(first.Id, s => s.SetProperty(j => j.LeaseUntil, TimeProvider.System.GetUtcNow().AddSeconds(-1)));
        // Nobody has taken it: its owner goes on.
        Assert.False(await Claims.RenewAsync(first, Cancel));
        await _tenant.ChangeJobAsync(first.Id, s => s.SetProperty(j => j.LeaseUntil, TimeProvider.System.GetUtcNow().AddSeconds(-1)));
        var second = (await NextAsync("alive/1/jobs-0"))!;
        Assert.Equal((first.Id, first.Fence + 1, 1, 0), (second.Id, second.Fence, second.Lapses, second.Deaths));
        await Assert.ThrowsAsync<StaleJobException>(() => Claims.RenewAsync(first, Cancel));
        await Assert.ThrowsAsync<StaleJobException>(() => EndAsync(first));
        await EndAsync(second);
        Assert.Equal(JobState.Succeeded, (await _tenant.JobAsync(first.Id)).State);
    }
}

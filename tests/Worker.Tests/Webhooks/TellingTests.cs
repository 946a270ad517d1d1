using System.Text.Json.Nodes;
using GpuGeek.Contracts.Webhooks;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Infrastructure.Webhooks;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Lanes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Webhooks;

public sealed class TellingWhatHappened(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static RunWriter Writer(Bench bench, ClaimedRun claim) =>
        new(bench.Worker.Contexts, bench.Worker.Get<GpuGeek.Infrastructure.Live.ILiveNotifier>(), TimeProvider.System, claim);

    private static async Task<ClaimedRun> ClaimAsync(Bench bench, Guid run)
    {
        var claim = await bench.Worker.Get<RunClaims>().NextAsync($"telling/{run}", Cancel);
        Assert.Equal(run, claim?.RunId);
        return claim!;
    }

    [Fact]
    public async Task A_failed_run_sends_a_message_with_its_code_and_a_requeued_one_does_not()
    {
        await using var bench = new Bench(postgres);
        var tenant = await bench.TenantAsync();
        var (hook, _) = await bench.AddAsync(tenant.OrgId, "https://hooks.example.org/");
        var run = await tenant.QueueRunAsync();
        await Writer(bench, await ClaimAsync(bench, run)).RequeueAsync(Cancel);
        Assert.Empty(await bench.DeliveriesAsync(hook.Id));
        var writer = Writer(bench, await ClaimAsync(bench, run));
        await writer.FailAsync(new("out_of_memory", "Out of memory", "A secret detail"), Cancel);
        var told = Assert.Single(await bench.DeliveriesAsync(hook.Id));
        var data = JsonNode.Parse(told.Payload)!["data"]!;
        Assert.Equal(
            (WebhookEventTypes.RunFailed, run.ToString(), "failed", "out_of_memory"),
            (told.Type, (string)data["run"]!, (string)data["state"]!, (string)data["errorCode"]!)
        );
        Assert.DoesNotContain("secret", told.Payload, StringComparison.Ordinal);
        // Repeating a write whose commit confirmation was lost sends nothing twice.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await Writer(bench, writer.Claim with { Fence = 99 }).FailAsync(new("x", "x", "x"), Cancel);
        });
        Assert.Single(await bench.DeliveriesAsync(hook.Id));
    }

    [Fact]
    public async Task A_run_that_the_sweep_fails_sends_a_message()
    {
        await using var bench = new Bench(postgres);
        var tenant = await bench.TenantAsync();
        var (hook, _) = await bench.AddAsync(tenant.OrgId, "https://hooks.example.org/");
        var run = await tenant.QueueRunAsync();
        await ClaimAsync(bench, run);
        await using (var db = bench.Worker.Contexts.System())
        {
            await db
                .Runs.IgnoreTenantFilter()
                .Where(r => r.Id == run)
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.Lapses, Restartable.MaxLapses - 1), Cancel);
            await db
                .RunLeases.IgnoreTenantFilter()
                .Where(l => l.RunId == run)
                .ExecuteUpdateAsync(s => s.SetProperty(l => l.Until, Bench.Now.AddSeconds(-1)), Cancel);
        }
        await bench.Worker.Get<RunSweep>().SweepAsync(Cancel);
        Assert.Equal(WebhookEventTypes.RunFailed, Assert.Single(await bench.DeliveriesAsync(hook.Id)).Type);
    }

    [Theory]
    [
        InlineData(JobState.Succeeded, WebhookEventTypes.ImportSucceeded, WebhookEventTypes.JobSucceeded),
        InlineData(JobState.Failed, WebhookEventTypes.ImportFailed, WebhookEventTypes.JobFailed),
        InlineData(JobState.Canceled, null, WebhookEventTypes.JobCanceled)
    ]
    public async Task An_import_sends_a_message_at_its_end(JobState state, string? type, string ofJob)
    {
        await using var bench = new Bench(postgres);
        var tenant = await bench.TenantAsync();
        var (hook, _) = await bench.AddAsync(tenant.OrgId, "https://hooks.example.org/");
        var import = await tenant.QueueImportAsync(
            null,
            state == JobState.Failed ? "unknown" : "shapes",
            changeJob: job => job.CancelRequested = state == JobState.Canceled
        );
        await tenant.MakeNextAsync(import);
        var lane = bench.Worker.Get<JobLane>();
        await (await lane.NextAsync("telling/1/jobs-0", 0, Cancel))!();
        Assert.Equal(state, (await tenant.JobAsync(import)).State);
        var told = (await bench.DeliveriesAsync(hook.Id)).Select(d => d.Type).Order();
        Assert.Equal(new[] { type, ofJob }.OfType<string>().Order(), told);
    }

    [Fact]
    public async Task What_is_rolled_back_is_not_told()
    {
        await using var bench = new Bench(postgres);
        var tenant = await bench.TenantAsync();
        var (hook, _) = await bench.AddAsync(tenant.OrgId, "https://hooks.example.org/");
        var happened = WebhookEvents.OfImport(tenant.OrgId, tenant.DatasetId, tenant.DatasetId, null);
        await using (var db = bench.Worker.Contexts.System())
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Cancel);
            await db.EnqueueAsync(happened, Bench.Now, Cancel);
            await db.SaveChangesAsync(Cancel);
        }
        Assert.Empty(await bench.DeliveriesAsync(hook.Id));
        await using var bare = bench.Worker.Contexts.System();
        await Assert.ThrowsAsync<InvalidOperationException>(() => bare.EnqueueAsync(happened, Bench.Now, Cancel));
    }
}

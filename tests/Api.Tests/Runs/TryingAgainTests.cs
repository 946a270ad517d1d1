using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Runs;

public sealed class TryingAgainWhatBrokeOff(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Session, Guid Dataset, Guid Version, Guid Run)> FailedRunAsync(DateTimeOffset? at = null)
    {
        var (session, dataset, version) = await shared.App.RegisterWithVersionAsync();
        var run = await session.StartRunAsync(version.Id);
        await session.DieTooOftenAsync(run.Id, at);
        return (session, dataset.Id, version.Id, run.Id);
    }

    private static async Task<ApiException> RefusedAsync(Func<Task> request) => await Assert.ThrowsAsync<ApiException>(request);

    [Fact]
    public async Task A_run_whose_process_died_too_often_is_resumed_once()
    {
        var (session, _, _, id) = await FailedRunAsync();
        var failed = await session.Client.GetRunAsync(session.Org, id, ct: Cancel);
        Assert.Equal(("failed", "too_many_attempts"), (failed.State, failed.Error!.Code));
        Assert.True(failed.ResumableUntil > failed.FinishedAt);

        // Two clicks at once: one resumes the run, the other gets an error that there is nothing to resume.
        var clicks = await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(async _ =>
                {
                    try
                    {
                        return (await session.Client.ResumeRunAsync(session.Org, id, Cancel)).State;
                    }
                    catch (ApiException refused)
                    {
                        return refused.Problem.Code;
                    }
                })
        );
        Assert.Equal(["queued", "run_not_resumable"], clicks.Order());
        var run = await session.Client.GetRunAsync(session.Org, id, ct: Cancel);
        Assert.Equal(("queued", null, null, null), (run.State, run.Error, run.FinishedAt, run.ResumableUntil));
        Assert.Equal(failed.Attempt, run.Attempt);
        await using var db = session.App.SystemDatabase();
        Assert.Equal(
            1,
            await db.AuditEntries.IgnoreTenantFilter().CountAsync(a => a.Action == "run.resume" && a.Target == $"runs/{id}/resume", Cancel)
        );
    }

    [Fact]
    public async Task Runs_that_ended_otherwise_or_too_long_ago_are_not_resumed()
    {
        var (session, _, version, old) = await FailedRunAsync(Planted.Now - Restartable.KeptFor);
        Assert.Equal("run_not_resumable", (await RefusedAsync(() => session.Client.ResumeRunAsync(session.Org, old, Cancel))).Problem.Code);
        var going = (await session.StartRunAsync(version)).Id;
        Assert.Equal(
            "run_not_resumable",
            (await RefusedAsync(() => session.Client.ResumeRunAsync(session.Org, going, Cancel))).Problem.Code
        );
        await session.Client.CancelRunAsync(session.Org, going, Cancel);
        Assert.Equal(
            "run_not_resumable",
            (await RefusedAsync(() => session.Client.ResumeRunAsync(session.Org, going, Cancel))).Problem.Code
        );
        await using (var db = session.App.SystemDatabase())
        {
            var run = await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == old, Cancel);
            Assert.Equal("Failed", run.State.ToString());
        }
    }

    [Fact]
    public async Task Resuming_asks_the_plan_and_needs_the_dataset()
    {
        var (session, dataset, version, id) = await FailedRunAsync();
        await session.PlanAsync("trial");
        await using (var db = session.App.SystemDatabase())
        {
            var most = await db.Plans.Where(p => p.Code == "trial").Select(p => p.MaxConcurrentRuns).SingleAsync(Cancel);
            for (var i = 0; i < most; i++)
                await session.StartRunAsync(version);
        }
        Assert.Equal("plan_limit", (await RefusedAsync(() => session.Client.ResumeRunAsync(session.Org, id, Cancel))).Problem.Code);
        Assert.Equal("failed", (await session.Client.GetRunAsync(session.Org, id, ct: Cancel)).State);

        await session.PlanAsync("monthly");
        await session.Client.DeleteDatasetAsync(session.Org, dataset, Cancel);
        Assert.Equal("run_not_resumable", (await RefusedAsync(() => session.Client.ResumeRunAsync(session.Org, id, Cancel))).Problem.Code);
    }

    [Fact]
    public async Task An_interrupted_import_is_retried_with_its_upload()
    {
        var (session, dataset) = await shared.App.RegisterWithDatasetAsync();
        var id = await session.AddFailedImportAsync(dataset.Id);
        Assert.NotNull((await session.Client.GetImportAsync(session.Org, dataset.Id, id, ct: Cancel)).RetryUntil);
        var import = await session.Client.RetryImportAsync(session.Org, dataset.Id, id, Cancel);
        Assert.Equal(("queued", null, null, null), (import.State, import.Error, import.FinishedAt, import.RetryUntil));
        Assert.Equal(
            "import_not_retryable",
            (await RefusedAsync(() => session.Client.RetryImportAsync(session.Org, dataset.Id, id, Cancel))).Problem.Code
        );
        Assert.NotNull(await session.App.Store().SizeAsync(ObjectKeys.Upload(await session.OrgIdAsync(), id), Cancel));
    }

    [Fact]
    public async Task A_kept_upload_counts_as_storage_until_it_is_given_up()
    {
        var (session, dataset) = await shared.App.RegisterWithDatasetAsync();
        var id = await session.AddFailedImportAsync(dataset.Id, size: 1L << 50);
        Assert.Equal(
            "plan_limit",
            (
                await RefusedAsync(() =>
                    session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Name = "y.zip", Size = 10 }, Cancel)
                )
            )
                .Problem
                .Code
        );
        Assert.Equal(
            "plan_limit",
            (await RefusedAsync(() => session.Client.RetryImportAsync(session.Org, dataset.Id, id, Cancel))).Problem.Code
        );
        await session.Client.CancelImportAsync(session.Org, dataset.Id, id, Cancel);
        Assert.Null(await session.App.Store().SizeAsync(ObjectKeys.Upload(await session.OrgIdAsync(), id), Cancel));
        Assert.Equal(
            "import_not_retryable",
            (await RefusedAsync(() => session.Client.RetryImportAsync(session.Org, dataset.Id, id, Cancel))).Problem.Code
        );
        await session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Name = "y.zip", Size = 10 }, Cancel);
    }

    [Fact]
    public async Task Weights_whose_reading_broke_off_are_read_again()
    {
        var (session, _) = await shared.App.RegisterWithDatasetAsync();
        var weights = await session.Client.CreateWeightsAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                Name = "mine.pth",
                Size = 5,
            },
            Cancel
        );
        Assert.Equal(
            "weights_not_retryable",
            (await RefusedAsync(() => session.Client.RetryWeightsAsync(session.Org, weights.Id, Cancel))).Problem.Code
        );
        await session.BreakOffWeightsAsync(weights.Id);
        var again = await session.Client.RetryWeightsAsync(session.Org, weights.Id, Cancel);
        Assert.Equal(("queued", null, null, null), (again.State, again.Error, again.FinishedAt, again.RetryUntil));
    }
}

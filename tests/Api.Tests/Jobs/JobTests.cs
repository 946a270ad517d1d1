using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Jobs;

public sealed class JobsOfAnOrganisation(PostgresFixture postgres) : IAsyncDisposable
{
    private readonly ApiApplication _app = new(postgres);

    private static CancellationToken Cancel => ApiApplication.Cancel;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<(TenantSession Session, Guid Dataset, Guid Import)> SampleAsync()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Sample = "shapes" }, Cancel);
        return (session, dataset.Id, import.Id);
    }

    private async Task EndAsync(Guid job)
    {
        await using var db = _app.SystemDatabase();
        await db
            .Jobs.IgnoreTenantFilter()
            .Where(j => j.Id == job)
            .ExecuteUpdateAsync(
                set => set.SetProperty(j => j.State, JobState.Succeeded).SetProperty(j => j.FinishedAt, Planted.Now),
                Cancel
            );
        var row = await db.Jobs.IgnoreTenantFilter().AsNoTracking().SingleAsync(j => j.Id == job, Cancel);
        await _app.Services.GetRequiredService<ILiveNotifier>().JobChangedAsync(row);
    }

    [Fact]
    public async Task Name_what_they_work_on_and_what_waits()
    {
        var (session, dataset, import) = await SampleAsync();
        var job = Assert.Single((await session.Client.ListJobsAsync(session.Org, "active", ct: Cancel)).Items);
        Assert.Equal(
            (import, "import", "shapes", Planted.Project, dataset, "queued", false),
            (job.Id, job.Kind, job.Name, job.Project, job.Dataset, job.State, job.IsCanceling)
        );
        Assert.Empty((await session.Client.ListJobsAsync(session.Org, "failed", ct: Cancel)).Items);
        await EndAsync(import);
        Assert.Empty((await session.Client.ListJobsAsync(session.Org, "active", ct: Cancel)).Items);
        Assert.Equal("succeeded", Assert.Single((await session.Client.ListJobsAsync(session.Org, ct: Cancel)).Items).State);
    }

    [Fact]
    public async Task Are_listed_page_by_page_in_a_known_state()
    {
        var (session, dataset, first) = await SampleAsync();
        var second = (await session.Client.CreateImportAsync(session.Org, dataset, new() { Sample = "shapes" }, Cancel)).Id;
        var page = await session.Client.ListJobsAsync(session.Org, limit: 1, ct: Cancel);
        Assert.Equal(second, Assert.Single(page.Items).Id);
        page = await session.Client.ListJobsAsync(session.Org, after: page.Next, limit: 1, ct: Cancel);
        Assert.Equal((first, null), (Assert.Single(page.Items).Id, page.Next));
        var refused = await Answers.RefusedAsync(() => session.Client.ListJobsAsync(session.Org, "sleeping", ct: Cancel));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "unknown_state"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Tell_their_end_to_whoever_waits()
    {
        var (session, _, import) = await SampleAsync();
        var waiting = session.Client.GetJobAsync(session.Org, import, 60, Cancel);
        await EndAsync(import);
        Assert.Equal("succeeded", (await waiting).State);
    }

    [Fact]
    public async Task Are_cancelled_once_and_the_worker_ends_them()
    {
        var (session, _, import) = await SampleAsync();
        Assert.True((await session.Client.CancelJobAsync(session.Org, import, Cancel)).IsCanceling);
        Assert.True((await session.Client.CancelJobAsync(session.Org, import, Cancel)).IsCanceling);
        var entries = await session.Client.ListAuditAsync(session.Org, "job.", ct: Cancel);
        Assert.Equal("job.cancel", Assert.Single(entries.Items).Action);
    }

    [Fact]
    public async Task Are_retried_once_if_they_were_interrupted_too_often()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var import = await session.AddFailedImportAsync(dataset.Id);
        Assert.NotNull((await session.Client.GetJobAsync(session.Org, import, ct: Cancel)).RetryUntil);
        var retried = await session.Client.RetryJobAsync(session.Org, import, Cancel);
        Assert.Equal(("queued", null, null), (retried.State, retried.Error, retried.FinishedAt));
        var refused = await Answers.RefusedAsync(() => session.Client.RetryJobAsync(session.Org, import, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "job_not_retryable"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Of_a_deleted_dataset_are_cancelled_and_hidden()
    {
        var (session, dataset, import) = await SampleAsync();
        await session.Client.DeleteDatasetAsync(session.Org, dataset, Cancel);
        Assert.Empty((await session.Client.ListJobsAsync(session.Org, ct: Cancel)).Items);
        var refused = await Answers.RefusedAsync(() => session.Client.GetJobAsync(session.Org, import, ct: Cancel));
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
        await using var db = _app.SystemDatabase();
        Assert.True((await db.Jobs.IgnoreTenantFilter().SingleAsync(j => j.Id == import, Cancel)).CancelRequested);
    }
}

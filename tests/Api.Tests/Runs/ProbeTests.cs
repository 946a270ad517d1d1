using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Jobs;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Runs;

public sealed class ProbingARun(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static CreateRunRequest Request(Guid version, string project = Planted.Project) =>
        new()
        {
            Project = project,
            DatasetVersion = version,
            Recipe = new() { Preset = "balanced" },
        };

    [Fact]
    public async Task Queues_a_job_with_the_recipe_that_the_run_would_have()
    {
        var (session, dataset, version) = await shared.App.RegisterWithVersionAsync();
        var job = await session.Client.ProbeRunAsync(session.Org, Request(version.Id), Cancel);
        Assert.Equal(("probe", "queued", dataset.Id, null), (job.Kind, job.State, job.Dataset!.Value, job.Estimate));
        Assert.Equal("flowers5 v1 · mobilenet_v2", job.Name);
        await using var db = shared.App.SystemDatabase();
        var row = await db.Jobs.IgnoreTenantFilter().AsNoTracking().SingleAsync(j => j.Id == job.Id, Cancel);
        var asked = System.Text.Json.JsonSerializer.Deserialize<ProbeRequest>(row.Payload!, RunDirectory.Json)!;
        var run = await session.Client.CreateRunAsync(session.Org, Request(version.Id), Cancel);
        Assert.Equal(run.Recipe, asked.Recipe);
    }

    [Fact]
    public async Task Answers_with_what_was_measured()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var job = await session.Client.ProbeRunAsync(session.Org, Request(version.Id), Cancel);
        var estimate = new RunEstimate(50, 100, 90, 120, 1 << 30, 8L << 30);
        await using var db = shared.App.SystemDatabase();
        var result = System.Text.Json.JsonSerializer.Serialize(estimate, System.Text.Json.JsonSerializerOptions.Web);
        await db
            .Jobs.IgnoreTenantFilter()
            .Where(j => j.Id == job.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.Result, result), Cancel);
        Assert.Equal(
            new RunEstimateResponse(50, 100, 90, 120, 1 << 30, 8L << 30),
            (await session.Client.GetJobAsync(session.Org, job.Id, ct: Cancel)).Estimate
        );
    }

    [Fact]
    public async Task Is_refused_as_the_run_would_be()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        foreach (
            var (request, code) in (IEnumerable<(CreateRunRequest, string)>)
                [(Request(version.Id, "nowhere"), "unknown_project"), (Request(Guid.Empty), "unknown_dataset_version")]
        )
        {
            var refused = await Answers.RefusedAsync(() => session.Client.ProbeRunAsync(session.Org, request, Cancel));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (refused.Status, refused.Code));
        }
    }

    [Fact]
    public async Task Forty_times_at_once_queues_five()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(async _ =>
                {
                    try
                    {
                        return (await session.Client.ProbeRunAsync(session.Org, Request(version.Id), Cancel)).State;
                    }
                    catch (Contracts.Client.ApiException refused)
                    {
                        return refused.Problem?.Code;
                    }
                })
        );
        Assert.Equal(ProbeRequest.MostAtOnce, answers.Count(a => a == "queued"));
        Assert.Equal(40 - ProbeRequest.MostAtOnce, answers.Count(a => a == "too_many_probes"));
    }
}

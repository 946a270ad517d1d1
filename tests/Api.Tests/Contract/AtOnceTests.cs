using System.Net;
using System.Text.Json.Nodes;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Api.Tests.Walls.Matrix;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>The promises under concurrent requests.</summary>
public sealed class AHundredAtOnce(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private const int Many = 100;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>Every creating POST of the matrix: one object, one audit entry, the same response for all.</summary>
    [Fact]
    public async Task Equal_requests_with_one_key_make_one_thing()
    {
        var world = await World.CreateAsync(shared.App);
        var idempotent = shared
            .App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Where(e => e.Metadata.GetMetadata<IdempotentMetadata>() is not null)
            .Select(e => e.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName)
            .ToHashSet(StringComparer.Ordinal);
        var rows = Rows.All.Where(r => idempotent.Contains(r.Name)).ToList();
        Assert.Superset(
            new HashSet<string>([
                "CreateProject",
                "CreateDataset",
                "CreateRun",
                "CreateKey",
                "CreateInvitation",
                "CreateDeployment",
                "CreateWebhook",
                "CreateVersion",
                "CreateImport",
                "CreateShareLink",
                "CreateRunComment",
                "CreateVersionComment",
                "CreateModelComment",
            ]),
            rows.Select(r => r.Name).ToHashSet()
        );
        foreach (var row in rows)
        {
            var call = await row.Make(world);
            var (things, entries) = (await CountAsync(world, call.Path), await world.AuditCountAsync());
            var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => UntilAnsweredAsync(world, call, row.Name)));
            Assert.All(answers, a => Assert.Equal((row.Name, row.Success, answers[0].Body), (row.Name, a.Status, a.Body)));
            Assert.Equal((row.Name, Many - 1), (row.Name, answers.Count(a => a.Replayed)));
            Assert.Equal((row.Name, entries + 1), (row.Name, await world.AuditCountAsync()));
            if (things is { } before)
                Assert.Equal((row.Name, before + 1), (row.Name, await CountAsync(world, call.Path)));
        }
    }

    private static Task<(HttpStatusCode Status, string Body, bool Replayed)> UntilAnsweredAsync(World world, Call call, string key) =>
        Eventually.HoldsAsync(
            async () =>
            {
                using var request = call.To(world.Owner.Org);
                request.Headers.Add("Idempotency-Key", key);
                using var response = await world.Owner.Http.SendAsync(request, Cancel);
                if (response.StatusCode == HttpStatusCode.Conflict)
                    Assert.Equal("still_running", await response.CodeAsync(HttpStatusCode.Conflict));
                var body = await response.Content.ReadAsStringAsync(Cancel);
                return (Status: response.StatusCode, Body: body, Replayed: response.Headers.Contains("Idempotency-Replayed"));
            },
            answer => answer.Status != HttpStatusCode.Conflict
        );

    /// <returns>Null: the route is not a list.</returns>
    private static async Task<int?> CountAsync(World world, string path)
    {
        var count = 0;
        string? next = null;
        do
        {
            using var response = await world.Owner.Http.GetAsync(
                new Uri(world.Owner.At($"{path}?limit=200{(next is null ? "" : "&after=" + next)}"), UriKind.Relative),
                Cancel
            );
            if (response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotFound)
                return null;
            var page = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
            count += page["items"]!.AsArray().Count;
            next = page["next"]?.GetValue<string>();
        } while (next is not null);
        return count;
    }

    /// <summary>Runs and pictures, the one newest first and the other oldest first.</summary>
    [Fact]
    public async Task Pages_show_each_old_row_once_while_new_ones_come()
    {
        var (session, dataset) = await shared.App.RegisterWithDatasetAsync();
        await session.PlanAsync("monthly");
        var old = (await session.AddImagesAsync(dataset.Id, "rose", 60)).Select(i => i.Id).ToList();
        var added = 0;
        var images = await WalkAsync(
            session,
            $"datasets/{dataset.Id}/images",
            () => session.AddImagesAsync(dataset.Id, "rose", 3, first: 1000 + 3 * added++)
        );
        Assert.Equal(images.Distinct().Count(), images.Count);
        Assert.Empty(old.Except(images));
        var projects = new List<Guid>();
        for (var i = 0; i < 12; i++)
            projects.Add((await session.Client.CreateProjectAsync(session.Org, new() { Name = $"Old {i}" }, Cancel)).Id);
        var seen = await WalkAsync(
            session,
            "projects",
            () => session.Client.CreateProjectAsync(session.Org, new() { Name = "New" }, Cancel),
            limit: 2
        );
        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.Empty(projects.Except(seen));
    }

    private static async Task<List<Guid>> WalkAsync(TenantSession session, string path, Func<Task> between, int limit = 7)
    {
        var seen = new List<Guid>();
        string? next = null;
        // New rows may be added faster than an oldest-first list is read; the initial rows have been read by then.
        for (var page = 0; page < 30; page++)
        {
            var answer = JsonNode.Parse(
                await session.Http.GetStringAsync(
                    new Uri(session.At($"{path}?limit={limit}{(next is null ? "" : "&after=" + next)}"), UriKind.Relative),
                    Cancel
                )
            )!;
            seen.AddRange(answer["items"]!.AsArray().Select(i => i!["id"]!.GetValue<Guid>()));
            if ((next = answer["next"]?.GetValue<string>()) is null)
                break;
            if (page < 8)
                await between();
        }
        return seen;
    }

    [Fact]
    public async Task Waiters_on_one_run_all_hear_of_its_end()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var run = await session.StartRunAsync(version.Id);
        var waiters = Enumerable.Range(0, Many / 2).Select(_ => session.Client.GetRunAsync(session.Org, run.Id, wait: 60, Cancel)).ToList();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var gone = Enumerable
            .Range(0, Many / 2)
            .Select(_ => session.Client.GetRunAsync(session.Org, run.Id, wait: 60, impatient.Token))
            .ToList();
        Assert.Equal("queued", (await session.Client.GetRunAsync(session.Org, run.Id, ct: Cancel)).State);
        await impatient.CancelAsync();
        // An in-process server notices the abort immediately and returns 499; over a socket there is no client left to receive it.
        foreach (var waiter in gone)
            Assert.NotNull(await Record.ExceptionAsync(() => waiter));
        Assert.All(waiters, w => Assert.False(w.IsCompleted));
        var canceled = await session.Client.CancelRunAsync(session.Org, run.Id, Cancel);
        Assert.All(
            await Task.WhenAll(waiters),
            answer => Assert.Equal((canceled.State, canceled.FinishedAt), (answer.State, answer.FinishedAt))
        );
    }

    [Theory]
    [InlineData("-1", HttpStatusCode.UnprocessableEntity, "invalid_wait")]
    [InlineData("61", HttpStatusCode.UnprocessableEntity, "invalid_wait")]
    [InlineData("soon", HttpStatusCode.BadRequest, "malformed_request")]
    public async Task Nobody_waits_longer_than_a_minute(string wait, HttpStatusCode status, string code)
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var run = await session.StartRunAsync(version.Id);
        using var response = await session.Http.GetAsync(new Uri(session.At($"runs/{run.Id}?wait={wait}"), UriKind.Relative), Cancel);
        Assert.Equal(code, await response.CodeAsync(status));
    }
}

using System.Diagnostics;
using System.Text;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace GpuGeek.Api.Tests.Http;

public sealed class TracesOfRequests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <returns>The id of the trace in which the client's requests are made.</returns>
    private static string Trace(HttpClient http)
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        http.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        return trace;
    }

    [Fact]
    public async Task Are_kept_with_the_run_and_the_job_that_they_queue()
    {
        await using var app = new ApiApplication(postgres);
        var (session, _, version) = await app.RegisterWithVersionAsync();
        var trace = Trace(session.Http);
        var import = await session.Client.CreateImportAsync(session.Org, version.Dataset, new() { Sample = "shapes" }, Cancel);
        var run = await session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                DatasetVersion = version.Id,
                Recipe = new() { Preset = "balanced", ["transfer.pretrained"] = false },
            },
            Cancel
        );
        await using var db = app.SystemDatabase();
        string?[] kept =
        [
            (await db.Jobs.IgnoreTenantFilter().SingleAsync(j => j.Id == import.Id, Cancel)).TraceParent,
            (await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == run.Id, Cancel)).TraceParent,
        ];
        Assert.All(kept, parent => Assert.StartsWith($"00-{trace}-", parent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("|an.older.form.")]
    [InlineData("nonsense")]
    public async Task In_another_form_are_not_kept(string parent)
    {
        await using var app = new ApiApplication(postgres);
        var (session, dataset) = await app.RegisterWithDatasetAsync();
        session.Http.DefaultRequestHeaders.Add("Request-Id", parent + new string('x', 500));
        var import = await session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Sample = "shapes" }, Cancel);
        await using var db = app.SystemDatabase();
        var kept = (await db.Jobs.IgnoreTenantFilter().SingleAsync(j => j.Id == import.Id, Cancel)).TraceParent;
        Assert.True(kept is null or { Length: 55 }, kept);
    }

    [Fact]
    public async Task Go_nowhere_unless_the_operator_names_a_collector()
    {
        await using var app = new ApiApplication(postgres);
        await app.RegisterAsync();
        Assert.Null(app.Services.GetService<TracerProvider>());
    }

    [Fact]
    public async Task Go_to_the_collector_without_the_secrets_of_addresses()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = new ApiApplication(postgres, settings: collector.Settings);
        var session = await app.RegisterAsync();
        var trace = Encoding.Latin1.GetString(Convert.FromHexString(Trace(session.Http)));
        await session.Http.GetAsync(new Uri("/api/v1/objects/a-signed-secret?and=a-query", UriKind.Relative), Cancel);
        await session.Client.ListProjectsAsync(session.Org, ct: Cancel);

        // A request's span ends after its answer, so those of two requests can come in either order.
        string[] routes = ["/api/v1/objects/{token}", "/api/v1/orgs/{org}/projects"];
        var sent = await Eventually.HoldsAsync(
            () => collector.Text,
            text => routes.All(route => text.Contains(route, StringComparison.Ordinal))
        );
        Assert.Contains(trace, sent, StringComparison.Ordinal);
        Assert.Contains("gpugeek-api", sent, StringComparison.Ordinal);
        // The statements of a request are part of its trace.
        Assert.Contains("postgresql", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("a-signed-secret", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("a-query", sent, StringComparison.Ordinal);
        Assert.DoesNotContain(session.Token, sent, StringComparison.Ordinal);
    }
}

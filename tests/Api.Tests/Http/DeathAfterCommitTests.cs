using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Http;

/// <summary>Failures between the commit of a change and its response: the change stands, and its <c>Idempotency-Key</c> is
/// completed.</summary>
public sealed class BetweenTheCommitAndTheAnswer(PostgresFixture postgres)
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static async Task<HttpResponseMessage> SampleAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { sample = "shapes" }) };
        request.Headers.Add("Idempotency-Key", "once");
        return await http.SendAsync(request, Cancel);
    }

    private static async Task AssertReplayedOnceAsync(TenantSession session, HttpClient http, Guid dataset)
    {
        using var again = await SampleAsync(http, session.At($"datasets/{dataset}/imports"));
        Assert.Equal((HttpStatusCode.Accepted, true), (again.StatusCode, again.Headers.Contains("Idempotency-Replayed")));
        var import = Assert.Single((await session.Client.ListImportsAsync(session.Org, dataset, ct: Cancel)).Items);
        Assert.EndsWith(import.Id.ToString(), again.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains(import.Id.ToString(), await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    /// <summary>Before: 500, and the client's correct retry created a second import.</summary>
    [Fact]
    public async Task A_failed_notification_does_not_affect_the_request()
    {
        await using var app = new ApiApplication(
            postgres,
            change: services =>
                services.AddSingleton<ILiveNotifier>(new Notifier(() => throw new InvalidOperationException("the database is away")))
        );
        var (session, dataset) = await app.RegisterWithDatasetAsync();
        using var first = await SampleAsync(session.Http, session.At($"datasets/{dataset.Id}/imports"));
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        await AssertReplayedOnceAsync(session, session.Http, dataset.Id);
    }

    /// <summary>Before: the key was freed, and the retry created a second import.</summary>
    [Fact]
    public async Task A_connection_that_breaks_leaves_the_first_answer()
    {
        var http = new HttpContextAccessor();
        await using var app = new ApiApplication(
            postgres,
            change: services => services.AddSingleton<ILiveNotifier>(new Notifier(() => http.HttpContext!.Abort()))
        );
        var (session, dataset) = await app.RegisterWithDatasetAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => SampleAsync(session.Http, session.At($"datasets/{dataset.Id}/imports")));
        await AssertReplayedOnceAsync(session, session.Http, dataset.Id);
    }

    /// <summary>The process is killed when it has committed and is about to wake the workers.</summary>
    [Fact]
    public async Task A_killed_process_leaves_the_first_answer()
    {
        await using var app = new ApiApplication(postgres);
        var (session, dataset) = await app.RegisterWithDatasetAsync();
        using var proxy = new DatabaseProxy(postgres.Connections.System, LiveChange.JobQueuedKind);
        using var api = await ApiProcess.StartAsync(app, proxy.ConnectionString);
        using var http = new HttpClient
        {
            BaseAddress = api.Address,
            DefaultRequestHeaders = { Authorization = new("Bearer", session.Token) },
        };
        var first = SampleAsync(http, session.At($"datasets/{dataset.Id}/imports"));
        await proxy.Held.WaitAsync(Cancel);
        api.Process.Kill();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => first);
        await AssertReplayedOnceAsync(session, session.Http, dataset.Id);
    }

    private sealed class Notifier(Action queued) : ILiveNotifier
    {
        public Task RunChangedAsync(Guid org, Guid run) => Task.CompletedTask;

        public Task ImportChangedAsync(Guid org, Guid dataset) => Task.CompletedTask;

        public Task EditProgressAsync(Guid org, Guid dataset, int done, int total) => Task.CompletedTask;

        public Task JobChangedAsync(Job job) => Task.CompletedTask;

        public Task DeploymentChangedAsync(Guid org, Guid? deployment) => Task.CompletedTask;

        public Task RunQueuedAsync() => Task.CompletedTask;

        public Task JobQueuedAsync()
        {
            queued();
            return Task.CompletedTask;
        }
    }
}

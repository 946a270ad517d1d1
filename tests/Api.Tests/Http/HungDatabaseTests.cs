using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.TestSupport;
using Npgsql;

namespace GpuGeek.Api.Tests.Http;

/// <summary>All PostgreSQL processes are stopped: the kernel accepts connections, but nothing responds. The test has its own
/// server.</summary>
public sealed class ADatabaseThatHangs : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private ApiApplication _app = null!;
    private TenantSession _session = null!;

    private static CancellationToken Cancel => ApiApplication.Cancel;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _app = new(_postgres);
        (_session, _) = await _app.RegisterWithProjectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private HttpRequestMessage Creation(string name) =>
        new(HttpMethod.Post, _session.At("projects"))
        {
            Content = JsonContent.Create(new { name }),
            Headers = { { "Idempotency-Key", "the-same" } },
        };

    /// <summary>Five seconds are promised; a busy machine gets one more.</summary>
    private Task<HttpResponseMessage> SoonAsync(HttpRequestMessage request) =>
        _session.Http.SendAsync(request, Cancel).WaitAsync(TimeSpan.FromSeconds(6), Cancel);

    private IEnumerable<HttpRequestMessage> OfEachKind() =>
        [
            new(HttpMethod.Get, _session.At("projects")),
            Creation("Meanwhile"),
            new(HttpMethod.Post, _session.At("deployments/shop/predict")) { Content = new ByteArrayContent([1]) },
            new(HttpMethod.Post, "/api/v1/account/sign-in")
            {
                Content = JsonContent.Create(new { email = _session.Email, password = _session.Password }),
            },
            new(HttpMethod.Get, "/api/v1/account/me"),
        ];

    [Fact]
    public async Task Is_reported_within_seconds_and_requests_work_again_afterwards()
    {
        using (_postgres.Hang())
        {
            // More requests than the pool has connections: waiting requests must fail too.
            var reads = Enumerable.Range(0, 120).Select(_ => SoonAsync(new(HttpMethod.Get, _session.At("projects")))).ToList();
            var ready = SoonAsync(new(HttpMethod.Get, "/readyz"));
            foreach (var answer in await Task.WhenAll(OfEachKind().Select(SoonAsync).Concat(reads)))
            {
                Assert.Equal("database_unavailable", await answer.CodeAsync(HttpStatusCode.ServiceUnavailable));
                Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
            }
            var state = await ready;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, state.StatusCode);
            Assert.Contains("the database cannot be reached", await state.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await SoonAsync(new(HttpMethod.Get, "/healthz"))).StatusCode);
        }
        await Eventually.HoldsAsync(
            async () => (await _session.Http.GetAsync(_session.At("projects"), Cancel)).StatusCode,
            code => code == HttpStatusCode.OK
        );
        Assert.Equal(HttpStatusCode.Created, (await _session.Http.SendAsync(Creation("Meanwhile"), Cancel)).StatusCode);
        Assert.Single((await _session.Client.ListProjectsAsync(_session.Org, Cancel)).Items, p => p.Name == "Meanwhile");
    }

    /// <summary>Its connection is open, and waits for a lock.</summary>
    [Fact]
    public async Task In_the_middle_of_a_request_is_reported_too()
    {
        await using var other = new NpgsqlConnection(_postgres.SuperUser);
        await other.OpenAsync(Cancel);
        await using var transaction = await other.BeginTransactionAsync(Cancel);
        await using (var command = new NpgsqlCommand("LOCK TABLE projects", other))
            await command.ExecuteNonQueryAsync(Cancel);
        var waiting = SoonAsync(Creation("Waiting"));
        await Eventually.HoldsAsync(() => WaitersAsync(other), waiters => waiters == 1);
        using var hang = _postgres.Hang();
        Assert.Equal("database_unavailable", await (await waiting).CodeAsync(HttpStatusCode.ServiceUnavailable));
    }

    private static async Task<long> WaitersAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE NOT granted", connection);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}

using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Http;

public sealed class RequestsWithoutEnd(PostgresFixture postgres)
{
    private static readonly Uri Projects = new("/api/v1/account/me", UriKind.Relative);
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private ApiApplication With(string limit, int perMinute) =>
        new(postgres, settings: new Dictionary<string, string> { [limit] = perMinute.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Statuses of so many requests at once, and the first refusal.</summary>
    private static async Task<(int Good, JsonNode? Refusal)> SendAsync(HttpClient http, int count, HttpStatusCode good = HttpStatusCode.OK)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => http.GetAsync(Projects, Cancel)));
        Assert.All(
            answers,
            a => Assert.True(a.StatusCode == good || a.StatusCode == HttpStatusCode.TooManyRequests, a.StatusCode.ToString())
        );
        var refused = answers.FirstOrDefault(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        if (refused is null)
            return (answers.Length, null);
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Equal("too_many_requests", await refused.CodeAsync(HttpStatusCode.TooManyRequests));
        return (answers.Count(a => a.StatusCode == good), JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancel)));
    }

    [Fact]
    public async Task With_one_key_meet_the_keys_limit_and_leave_the_others_of_the_person_alone()
    {
        await using var app = With("GPUGEEK_LIMIT_KEY", 30);
        var session = await app.RegisterAsync();
        var keys = new List<HttpClient>();
        for (var i = 0; i < 2; i++)
            keys.Add(
                app.HttpWith((await session.Client.CreateKeyAsync(session.Org, new() { Name = $"k{i}", Scopes = ["predict"] }, Cancel)).Key)
            );
        var (good, refusal) = await SendAsync(keys[0], 60);
        Assert.InRange(good, 30, 40);
        Assert.Contains(
            "This API key has sent more than 30 requests in one minute",
            refusal!["detail"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
        Assert.Equal(10, (await SendAsync(keys[1], 10)).Good);
        Assert.Equal(60, (await SendAsync(session.Http, 60)).Good);
    }

    [Fact]
    public async Task With_all_keys_of_a_person_meet_the_accounts_limit()
    {
        await using var app = With("GPUGEEK_LIMIT_ACCOUNT", 60);
        var session = await app.RegisterAsync();
        var key = app.HttpWith((await session.Client.CreateKeyAsync(session.Org, new() { Name = "k", Scopes = ["predict"] }, Cancel)).Key);
        await SendAsync(key, 40);
        var (good, refusal) = await SendAsync(session.Http, 60);
        Assert.InRange(good, 10, 30);
        Assert.Contains("This account", refusal!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        var other = await app.RegisterAsync();
        Assert.Equal(20, (await SendAsync(other.Http, 20)).Good);
    }

    [Fact]
    public async Task With_tokens_that_are_no_good_meet_the_addresss_limit()
    {
        await using var app = With("GPUGEEK_LIMIT_ADDRESS", 30);
        var guesser = app.HttpWith("gg_s_wrong");
        var (good, refusal) = await SendAsync(guesser, 60, HttpStatusCode.Unauthorized);
        Assert.InRange(good, 30, 40);
        Assert.Contains("This address", refusal!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(10, (await SendAsync(app.HttpWith("gg_s_other"), 10, HttpStatusCode.Unauthorized)).Good);
    }

    [Fact]
    public async Task Say_what_is_left()
    {
        await using var app = With("GPUGEEK_LIMIT_ACCOUNT", 600);
        var session = await app.RegisterAsync();
        using var response = await session.Http.GetAsync(Projects, Cancel);
        int Header(string name) => int.Parse(response.Headers.GetValues(name).Single(), CultureInfo.InvariantCulture);
        Assert.Equal(600, Header("RateLimit-Limit"));
        Assert.InRange(Header("RateLimit-Remaining"), 590, 599);
        Assert.InRange(Header("RateLimit-Reset"), 1, 2);
    }

    [Fact]
    public async Task Are_let_through_again_after_a_pause()
    {
        await using var app = With("GPUGEEK_LIMIT_ACCOUNT", 120);
        var session = await app.RegisterAsync();
        await SendAsync(session.Http, 200);
        await Eventually.HoldsAsync(
            async () => (await session.Http.GetAsync(Projects, Cancel)).StatusCode,
            status => status == HttpStatusCode.OK
        );
    }
}

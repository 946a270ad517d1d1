using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Api.Tests.Support;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Tests.Http;

public sealed class SendingTheSameTwice(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static async Task<HttpResponseMessage> PostAsync(TenantSession session, string key, string name, string path = "projects")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, session.At(path))
        {
            Content = JsonContent.Create(new { name, project = Planted.Project }),
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await session.Http.SendAsync(request, Cancel);
    }

    private static bool Replayed(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Idempotency-Replayed", out var values) && values.Single() == "true";

    [Fact]
    public async Task Forty_at_once_make_one_project_and_get_one_answer()
    {
        var session = await _app.RegisterAsync();
        Task<HttpResponseMessage> UntilAnsweredAsync() =>
            Eventually.HoldsAsync(
                async () =>
                {
                    var response = await PostAsync(session, "once", "Flowers");
                    if (response.StatusCode == HttpStatusCode.Conflict)
                        Assert.Equal("still_running", await response.CodeAsync(HttpStatusCode.Conflict));
                    return response;
                },
                response => response.StatusCode != HttpStatusCode.Conflict
            );
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => UntilAnsweredAsync()));
        Assert.All(
            answers,
            a => Assert.Equal((HttpStatusCode.Created, session.At("projects/flowers")), (a.StatusCode, a.Headers.Location!.ToString()))
        );
        Assert.Equal(39, answers.Count(Replayed));
        Assert.Single((await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync(Cancel)))).Distinct());
        Assert.Single((await session.Client.ListProjectsAsync(session.Org, Cancel)).Items);
    }

    [Fact]
    public async Task A_key_belongs_to_one_request()
    {
        var session = await _app.RegisterAsync();
        await PostAsync(session, "k", "Flowers");
        Assert.Equal(
            "idempotency_key_reused",
            await (await PostAsync(session, "k", "Trees")).CodeAsync(HttpStatusCode.UnprocessableEntity)
        );
        Assert.Equal(
            "idempotency_key_reused",
            await (await PostAsync(session, "k", "Flowers", "datasets")).CodeAsync(HttpStatusCode.UnprocessableEntity)
        );
        Assert.Single((await session.Client.ListProjectsAsync(session.Org, Cancel)).Items);
    }

    [Fact]
    public async Task Two_organisations_may_use_the_same_key()
    {
        var (one, two) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        foreach (var session in (TenantSession[])[one, two])
        {
            var response = await PostAsync(session, "mine", "Flowers");
            Assert.Equal((HttpStatusCode.Created, false), (response.StatusCode, Replayed(response)));
        }
    }

    [Fact]
    public async Task Without_a_key_each_request_counts()
    {
        var session = await _app.RegisterAsync();
        for (var i = 0; i < 2; i++)
            await session.Client.CreateProjectAsync(session.Org, new() { Name = "Flowers" }, Cancel);
        Assert.Equal(
            ["flowers", "flowers-2"],
            (await session.Client.ListProjectsAsync(session.Org, Cancel)).Items.Select(p => p.Slug).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(256, 'k')]
    [InlineData(3, '\u00e9')]
    public async Task A_key_that_is_too_long_or_not_printable_is_refused(int length, char letter)
    {
        var session = await _app.RegisterAsync();
        Assert.Equal(
            "invalid_idempotency_key",
            await (await PostAsync(session, new(letter, length), "Flowers")).CodeAsync(HttpStatusCode.BadRequest)
        );
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(session, new('k', 255), "Flowers")).StatusCode);
    }

    [Fact]
    public async Task A_request_refused_by_a_rule_can_be_tried_again()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        async Task<HttpResponseMessage> StartAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, session.At("runs"))
            {
                Content = JsonContent.Create(
                    new
                    {
                        project = "flowers",
                        datasetVersion = version.Id,
                        recipe = new { preset = "fast" },
                    }
                ),
            };
            request.Headers.Add("Idempotency-Key", "run");
            return await session.Http.SendAsync(request, Cancel);
        }
        var runs = new List<Guid>();
        for (var i = 0; i < 4; i++)
            runs.Add((await session.StartRunAsync(version.Id)).Id);
        Assert.Equal("plan_limit", await (await StartAsync()).CodeAsync(HttpStatusCode.UnprocessableEntity));
        await session.Client.CancelRunAsync(session.Org, runs[0], Cancel);
        var started = await StartAsync();
        Assert.Equal((HttpStatusCode.Created, false), (started.StatusCode, Replayed(started)));
        Assert.True(Replayed(await StartAsync()));
    }

    /// <summary>The connection holds the key, not a row: it is free when the connection ends. Before, it was blocked for five
    /// minutes.</summary>
    [Fact]
    public async Task A_request_that_died_before_its_commit_frees_its_key_at_once()
    {
        var session = await _app.RegisterAsync();
        await using (var running = await _app.Contexts.OpenSystemAsync(Cancel))
        await using (var transaction = await running.BeginTransactionAsync(Cancel))
        {
            var key = Hash($"org:{await session.OrgIdAsync()} user:{await UserAsync(session)}\ndied");
            await using var hold = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", running)
            {
                Parameters = { new() { Value = "idempotency:" + key } },
            };
            await hold.ExecuteNonQueryAsync(Cancel);
            Assert.Equal("still_running", await (await PostAsync(session, "died", "Flowers")).CodeAsync(HttpStatusCode.Conflict));
        }
        using var made = await PostAsync(session, "died", "Flowers");
        Assert.Equal((HttpStatusCode.Created, false), (made.StatusCode, Replayed(made)));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private async Task<Guid> UserAsync(TenantSession session)
    {
        await using var db = _app.SystemDatabase();
        return await db.Users.Where(u => u.Email == session.Email).Select(u => u.Id).SingleAsync(Cancel);
    }

    [Fact]
    public async Task A_refusal_is_not_kept_and_leaves_the_key_free()
    {
        var session = await _app.RegisterAsync();
        using var refused = await PostAsync(session, "again", "");
        Assert.InRange((int)refused.StatusCode, 400, 422);
        using var made = await PostAsync(session, "again", "Flowers");
        Assert.Equal((HttpStatusCode.Created, false), (made.StatusCode, Replayed(made)));
    }

    [Fact]
    public async Task After_a_day_the_key_is_free_again()
    {
        var session = await _app.RegisterAsync();
        await PostAsync(session, "old", "Flowers");
        await using (var db = _app.SystemDatabase())
            await db.IdempotencyKeys.ExecuteUpdateAsync(
                set => set.SetProperty(k => k.CreatedAt, k => k.CreatedAt - TimeSpan.FromHours(25)),
                Cancel
            );
        var again = await PostAsync(session, "old", "Flowers");
        Assert.Equal((HttpStatusCode.Created, false), (again.StatusCode, Replayed(again)));
    }
}

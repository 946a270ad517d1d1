using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GpuGeek.Api.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Http;

/// <summary>A secret that is shown once must not be stored in plain text for repeated requests.</summary>
public sealed partial class AnAnswerWithASecret(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await http.SendAsync(request, Cancel);
    }

    /// <summary>Every route that returns a token or a secret and supports the header.</summary>
    private async Task<IReadOnlyList<(HttpClient Http, string Path, object Body)>> RequestsAsync()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        var version = await session.AddModelVersionAsync(data.Id);
        var newcomer = new
        {
            email = $"{Planted.NewId():N}@example.org",
            password = "a long enough phrase",
            displayName = "Ann",
            organization = "Ann's",
        };
        return
        [
            (session.Http, session.At("keys"), new { name = "ci", scopes = new[] { "runs:read" } }),
            (session.Http, session.At("invitations"), new { role = "viewer" }),
            (session.Http, session.At("projects/flowers/share-links"), new { run = version.RunId, days = 7 }),
            (session.Http, session.At("webhooks"), new { url = "https://1.1.1.1/hook", events = new[] { "run.failed" } }),
            (_app.HttpWith(null), "/api/v1/account/register", newcomer),
        ];
    }

    [Fact]
    public async Task Is_given_again_and_lies_sealed()
    {
        var secrets = new List<string>();
        foreach (var (http, path, body) in await RequestsAsync())
        {
            var first = await PostAsync(http, path, path, body);
            var text = await first.Content.ReadAsStringAsync(Cancel);
            Assert.True(first.StatusCode == HttpStatusCode.Created, $"{path}: {text}");
            secrets.Add(Secret().Match(text).Value);
            Assert.NotEmpty(secrets[^1]);
            var again = await PostAsync(http, path, path, body);
            Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
            Assert.Equal(
                (first.StatusCode, text, first.Headers.Location),
                (again.StatusCode, await again.Content.ReadAsStringAsync(Cancel), again.Headers.Location)
            );
        }
        Assert.Equal(5, secrets.Distinct().Count());
        await using var db = _app.SystemDatabase();
        var rows = await db.IdempotencyKeys.AsNoTracking().ToListAsync(Cancel);
        Assert.True(rows.Count(r => r.Body is not null) >= secrets.Count);
        foreach (var row in rows)
        {
            var kept = $"{JsonSerializer.Serialize(row)} {Encoding.Latin1.GetString(row.Body ?? [])}";
            Assert.DoesNotMatch(Secret(), kept);
            Assert.DoesNotContain(secrets, secret => kept.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task That_cannot_be_opened_any_more_is_refused_and_nothing_is_made_twice()
    {
        var session = await _app.RegisterAsync();
        var body = new { name = "ci", scopes = new[] { "runs:read" } };
        var made = (await (await PostAsync(session.Http, session.At("keys"), "once", body)).Content.ReadFromJsonAsync<JsonElement>(Cancel))
            .GetProperty("id")
            .GetGuid();
        await using var db = _app.SystemDatabase();
        // As after a restore of the database without its key folder.
        var row = await db.IdempotencyKeys.SingleAsync(k => k.Location!.Contains(made.ToString()), Cancel);
        row.Body = [.. new byte[4], .. row.Body![4..]];
        await db.SaveChangesAsync(Cancel);
        Assert.Equal(
            "answer_not_kept",
            await (await PostAsync(session.Http, session.At("keys"), "once", body)).CodeAsync(HttpStatusCode.Conflict)
        );
        Assert.Single((await session.Client.ListKeysAsync(session.Org, Cancel)).Items);
    }

    /// <summary>As in an installation without a key folder: a replay has the status, but not the body that may contain a
    /// secret.</summary>
    [Fact]
    public async Task That_was_not_kept_is_replayed_as_its_status_and_address()
    {
        var session = await _app.RegisterAsync();
        var body = new { name = "ci", scopes = new[] { "runs:read" } };
        using var first = await PostAsync(session.Http, session.At("keys"), "unsealed", body);
        await using var db = _app.SystemDatabase();
        var location = first.Headers.Location!.ToString();
        await db
            .IdempotencyKeys.Where(k => k.Location == location)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.Body, (byte[]?)null), Cancel);
        using var again = await PostAsync(session.Http, session.At("keys"), "unsealed", body);
        Assert.Equal(
            (HttpStatusCode.Created, location, "true", ""),
            (
                again.StatusCode,
                again.Headers.Location!.ToString(),
                again.Headers.GetValues("Idempotency-Replayed").Single(),
                await again.Content.ReadAsStringAsync(Cancel)
            )
        );
        Assert.Single((await session.Client.ListKeysAsync(session.Org, Cancel)).Items);
    }

    [Fact]
    public async Task Goes_after_a_day_when_anybody_asks_for_anything()
    {
        var session = await _app.RegisterAsync();
        var old = new Infrastructure.Persistence.IdempotencyKey
        {
            Key = $"{Planted.NewId():N}{Planted.NewId():N}",
            Request = new('0', 64),
            Status = 201,
            Body = [1],
            CreatedAt = Planted.Now - TimeSpan.FromHours(25),
        };
        await using var db = _app.SystemDatabase();
        db.IdempotencyKeys.Add(old);
        await db.SaveChangesAsync(Cancel);
        await PostAsync(session.Http, session.At("projects"), "another", new { name = "Flowers" });
        Assert.False(await db.IdempotencyKeys.AnyAsync(k => k.Key == old.Key, Cancel));
    }

    [GeneratedRegex("(gg_[a-z]+_|whsec_)[A-Za-z0-9+/=_-]{20,}")]
    private static partial Regex Secret();
}

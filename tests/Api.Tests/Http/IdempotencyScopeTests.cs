using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Http;

/// <summary>A stored response may contain a secret. It belongs to the person, or to the API key, that made the request.</summary>
public sealed class AKeptAnswer(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", "order-1");
        return await http.SendAsync(request, Cancel);
    }

    private static bool Replayed(HttpResponseMessage response) => response.Headers.Contains("Idempotency-Replayed");

    private static async Task<string> TextAsync(HttpResponseMessage response, string property) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty(property).GetString()!;

    /// <summary>Before, the admin got the owner's link with 201 and could use it to become an owner.</summary>
    [Fact]
    public async Task Of_an_owner_is_not_given_to_an_admin()
    {
        var owner = await _app.RegisterAsync();
        var admin = await _app.JoinAsync(owner, Role.Admin);
        var path = owner.At("invitations");
        using var made = await PostAsync(owner.Http, path, new { role = "owner" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var refused = await PostAsync(admin.Http, path, new { role = "owner" });
        Assert.Equal("role_too_small", await refused.CodeAsync(HttpStatusCode.Forbidden));
    }

    /// <summary>Before, the second person got the secret of the first one's API key, and a colleague's comment was lost.</summary>
    [Fact]
    public async Task Of_one_admin_is_not_given_to_another()
    {
        var owner = await _app.RegisterAsync();
        var admin = await _app.JoinAsync(owner, Role.Admin);
        var body = new { name = "ci", scopes = new[] { "runs:read" } };
        using var first = await PostAsync(owner.Http, owner.At("keys"), body);
        using var second = await PostAsync(admin.Http, owner.At("keys"), body);
        Assert.Equal((HttpStatusCode.Created, false), (second.StatusCode, Replayed(second)));
        Assert.NotEqual(await TextAsync(first, "key"), await TextAsync(second, "key"));
        using var again = await PostAsync(owner.Http, owner.At("keys"), body);
        Assert.True(Replayed(again));
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancel), await again.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Of_a_session_is_not_given_to_an_API_key_and_that_of_a_key_not_to_another()
    {
        var owner = await _app.RegisterAsync();
        var hook = new { url = "https://1.1.1.1/hook", events = new[] { "run.failed" } };
        var secrets = new List<string>();
        foreach (var http in (HttpClient[])[owner.Http, await KeyAsync(owner, "one"), await KeyAsync(owner, "two")])
        {
            using var made = await PostAsync(http, owner.At("webhooks"), hook);
            Assert.Equal((HttpStatusCode.Created, false), (made.StatusCode, Replayed(made)));
            secrets.Add(await TextAsync(made, "secret"));
        }
        Assert.Equal(3, secrets.Distinct().Count());
    }

    private async Task<HttpClient> KeyAsync(TenantSession session, string name)
    {
        var made = await session.Client.CreateKeyAsync(
            session.Org,
            new() { Name = name, Scopes = ["org:admin", "datasets:write"] },
            Cancel
        );
        var http = _app.HttpWith(null);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.Key);
        return http;
    }

    [Fact]
    public async Task Is_refused_to_whom_the_route_refuses_by_now()
    {
        var owner = await _app.RegisterAsync();
        var person = await _app.JoinAsync(owner, Role.Editor);
        var body = new { name = "Flowers" };
        using var made = await PostAsync(person.Http, owner.At("projects"), body);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await using var db = _app.SystemDatabase();
        var membership = db.Members.Where(m =>
            db.Users.Any(u => u.Id == m.UserId && u.Email == person.Email)
            && db.Organizations.Any(o => o.Id == m.OrgId && o.Slug == owner.Org)
        );
        await membership.ExecuteUpdateAsync(set => set.SetProperty(m => m.Role, Role.Viewer), Cancel);
        Assert.Equal(
            "role_too_small",
            await (await PostAsync(person.Http, owner.At("projects"), body)).CodeAsync(HttpStatusCode.Forbidden)
        );
        await membership.ExecuteDeleteAsync(Cancel);
        Assert.Equal("not_found", await (await PostAsync(person.Http, owner.At("projects"), body)).CodeAsync(HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Is_refused_to_a_key_that_was_revoked()
    {
        var owner = await _app.RegisterAsync();
        using var http = await KeyAsync(owner, "ci");
        var body = new { name = "Flowers" };
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(http, owner.At("projects"), body)).StatusCode);
        var key = (await owner.Client.ListKeysAsync(owner.Org, Cancel)).Items[0];
        await owner.Client.RevokeKeyAsync(owner.Org, key.Id, Cancel);
        Assert.Equal("not_signed_in", await (await PostAsync(http, owner.At("projects"), body)).CodeAsync(HttpStatusCode.Unauthorized));
    }
}

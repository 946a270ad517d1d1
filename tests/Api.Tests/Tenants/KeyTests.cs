using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Tenants;

public sealed class ApiKeys(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Owner, Contracts.Tenants.CreatedKeyResponse Key, HttpClient Http)> MakeAsync(
        DateTimeOffset? expiresAt,
        params string[] scopes
    )
    {
        var owner = await _app.RegisterAsync();
        var key = await owner.Client.CreateKeyAsync(
            owner.Org,
            new()
            {
                Name = "machine",
                Scopes = scopes,
                ExpiresAt = expiresAt,
            },
            Cancel
        );
        return (owner, key, _app.HttpWith(key.Key));
    }

    [Fact]
    public async Task A_key_does_what_its_scopes_say_and_no_more()
    {
        var (owner, _, http) = await MakeAsync(null, Scopes.DatasetsRead);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/api/v1/orgs/{owner.Org}/projects", Cancel)).StatusCode);
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            new GpuGeekClient(http).CreateProjectAsync(owner.Org, new() { Name = "x" }, Cancel)
        );
        Assert.Equal(("scope_missing", HttpStatusCode.Forbidden), (refused.Problem.Code, refused.Status));
        Assert.Contains("datasets:write", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_shown_once_and_then_only_its_beginning()
    {
        var (owner, key, _) = await MakeAsync(null, Scopes.Predict);
        var listed = Assert.Single((await owner.Client.ListKeysAsync(owner.Org, Cancel)).Items);
        Assert.Equal(key.Prefix, listed.Prefix);
        var body = await owner.Http.GetStringAsync($"/api/v1/orgs/{owner.Org}/keys", Cancel);
        Assert.DoesNotContain(key.Key, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoking_takes_effect_at_the_next_request()
    {
        var (owner, key, http) = await MakeAsync(null, Scopes.DatasetsRead);
        await owner.Client.RevokeKeyAsync(owner.Org, key.Id, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync($"/api/v1/orgs/{owner.Org}/projects", Cancel)).StatusCode);
    }

    [Fact]
    public async Task An_expired_key_is_refused()
    {
        var (owner, key, http) = await MakeAsync(TimeProvider.System.GetUtcNow().AddHours(1), Scopes.DatasetsRead);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/api/v1/orgs/{owner.Org}/projects", Cancel)).StatusCode);
        await using (var db = _app.SystemDatabase())
            await db
                .Tokens.Where(t => t.Id == key.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.ExpiresAt, TimeProvider.System.GetUtcNow().AddSeconds(-1)), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync($"/api/v1/orgs/{owner.Org}/projects", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_key_of_one_organisation_finds_nothing_in_another()
    {
        var (_, _, http) = await MakeAsync(null, Scopes.All);
        var other = await _app.RegisterAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/api/v1/orgs/{other.Org}/projects", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_key_cannot_make_keys()
    {
        var (owner, _, http) = await MakeAsync(null, Scopes.All);
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            new GpuGeekClient(http).CreateKeyAsync(owner.Org, new() { Name = "child", Scopes = [Scopes.Predict] }, Cancel)
        );
        Assert.Equal("scope_missing", refused.Problem.Code);
    }

    [Fact]
    public async Task A_key_never_may_more_than_its_maker()
    {
        var (owner, _, http) = await MakeAsync(null, Scopes.All);
        await using (var db = _app.SystemDatabase())
        {
            var org = db.Organizations.Single(o => o.Slug == owner.Org).Id;
            db.Members.Single(m => m.OrgId == org).Role = Role.Viewer;
            await db.SaveChangesAsync(Cancel);
        }
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            new GpuGeekClient(http).CreateProjectAsync(owner.Org, new() { Name = "x" }, Cancel)
        );
        Assert.Equal("role_too_small", refused.Problem.Code);
    }
}

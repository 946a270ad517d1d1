using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace GpuGeek.Web.Tests.FrontDoor;

public sealed class WhatBelongsToTheApiIsForwarded(Site site) : IClassFixture<Site>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<string?> CodeAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("code").GetString();
    }

    [Theory]
    [InlineData("/api/v1/orgs?limit=3")]
    [InlineData("/readyz")]
    [InlineData("/swagger/index.html")]
    [InlineData("/hubs/live/negotiate?negotiateVersion=1")]
    public async Task Path_and_query_arrive_as_they_were(string path)
    {
        using var client = site.Client();
        Assert.Equal(path, (await Seen.OfAsync(await client.GetAsync(path, Cancel))).Path);
    }

    /// <summary>The points of a long run are hundreds of kilobytes; before, they were sent uncompressed.</summary>
    [Theory]
    [InlineData("/api/v1/orgs/acme/runs/1/metrics", "br")]
    [InlineData("/api/v1/orgs/acme/keys", null)]
    public async Task Curves_are_compressed_and_nothing_else_of_the_api(string path, string? encoding)
    {
        using var client = site.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { AcceptEncoding = { new("br") } } };
        using var response = await client.SendAsync(request, Cancel);
        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.SingleOrDefault());
    }

    [Fact]
    public async Task The_cookie_becomes_a_bearer_token_and_goes_no_further()
    {
        using var client = site.Client();
        var seen = await Seen.OfAsync(await client.SendAsync(site.FromBrowser(HttpMethod.Get, "/api/v1/account/me"), Cancel));
        Assert.Equal("Bearer " + Site.Session, seen.Header("Authorization"));
        Assert.Null(seen.Header("Cookie"));
    }

    [Fact]
    public async Task A_request_with_its_own_token_passes_as_it_is()
    {
        using var client = site.Client();
        var request = site.FromBrowser(HttpMethod.Post, "/api/v1/orgs/acme/projects");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "gg_k_machine");
        var seen = await Seen.OfAsync(await client.SendAsync(request, Cancel));
        Assert.Equal("Bearer gg_k_machine", seen.Header("Authorization"));
    }

    [Fact]
    public async Task A_request_without_a_token_stays_unauthenticated()
    {
        using var client = site.Client();
        Assert.Null(
            (await Seen.OfAsync(await client.PostAsync("/api/v1/account/sign-in", new StringContent("{}"), Cancel))).Header("Authorization")
        );
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_change_by_cookie_needs_the_pages_token(string method)
    {
        using var client = site.Client();
        using var refused = await client.SendAsync(site.FromBrowser(new HttpMethod(method), "/api/v1/orgs/acme/keys"), Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("csrf", await CodeAsync(refused));
        using var taken = await client.SendAsync(
            site.FromBrowser(new HttpMethod(method), "/api/v1/orgs/acme/keys", site.CsrfFor(Site.Session)),
            Cancel
        );
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Null((await Seen.OfAsync(taken)).Header("X-GpuGeek-Csrf"));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    public async Task A_made_up_token_is_refused(string csrf)
    {
        using var client = site.Client();
        using var response = await client.SendAsync(site.FromBrowser(HttpMethod.Post, "/api/v1/x", csrf), Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_token_of_another_session_is_refused()
    {
        using var client = site.Client();
        using var response = await client.SendAsync(site.FromBrowser(HttpMethod.Post, "/api/v1/x", site.CsrfFor("gg_s_another")), Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_clients_address_comes_from_the_connection_and_never_from_a_header()
    {
        using var client = site.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/plans");
        request.Headers.Add("X-GpuGeek-Client", "6.6.6.6");
        request.Headers.Add("X-GpuGeek-Front", "guess");
        request.Headers.Add("X-GpuGeek-Anything", "more");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        var seen = await Seen.OfAsync(await client.SendAsync(request, Cancel));
        Assert.Equal("127.0.0.1", seen.Header("X-GpuGeek-Client"));
        Assert.Equal(Site.Secret, seen.Header("X-GpuGeek-Front"));
        Assert.Null(seen.Header("X-GpuGeek-Anything"));
        Assert.Null(seen.Header("X-Forwarded-For"));
    }

    [Fact]
    public async Task What_people_uploaded_is_never_run_as_a_page_of_ours()
    {
        using var client = site.Client();
        using var response = await client.GetAsync("/api/v1/orgs/acme/datasets/x/images/y/content", Cancel);
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }
}

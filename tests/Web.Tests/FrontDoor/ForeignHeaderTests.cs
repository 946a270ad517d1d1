using System.Net;
using GpuGeek.Contracts.Accounts;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Web.Tests.FrontDoor;

/// <summary>Headers with which a client claims another site name or another client address.</summary>
public sealed class WhatARequestSaysOfItself(Site site) : IClassFixture<Site>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Sayings =>
        new()
        {
            // An IP address is allowed as Host: another name would need DNS, and is refused.
            { "Host", "192.0.2.6" },
            { "X-Forwarded-Host", "evil.example" },
            { "X-Forwarded-Proto", "https" },
            { "X-Forwarded-For", "6.6.6.6" },
            { "X-Forwarded-Prefix", "/evil.example" },
            { "X-Original-Host", "evil.example" },
            { "X-Original-URL", "/evil.example" },
            { "X-Rewrite-URL", "/evil.example" },
            { "Forwarded", "for=6.6.6.6;host=evil.example;proto=https" },
        };

    private async Task<HttpResponseMessage> GetAsync(string path, string name, string value)
    {
        using var client = site.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, Cancel);
    }

    [Theory]
    [MemberData(nameof(Sayings))]
    public async Task Changes_no_link_no_cookie_and_no_redirect(string name, string value)
    {
        var echo = site.Upstream.Answer;
        site.Upstream.Answer = context => context.Response.WriteAsJsonAsync(new InstallationResponse(false, false, "1", true, true));
        using var page = await GetAsync("/sign-in", name, value);
        using var sent = await GetAsync("/acme/flowers", name, value);
        site.Upstream.Answer = echo;
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var answer = $"{page.Headers}{await page.Content.ReadAsStringAsync(Cancel)}";
        Assert.DoesNotContain("evil.example", answer);
        Assert.DoesNotContain("192.0.2.6", answer);
        Assert.DoesNotContain("__Host-", page.Headers.ToString());
        Assert.Equal((HttpStatusCode.Found, "/sign-in?returnUrl=%2Facme%2Fflowers"), (sent.StatusCode, sent.Headers.Location!.ToString()));
    }

    [Theory]
    [MemberData(nameof(Sayings))]
    public async Task Does_not_tell_the_api_another_address(string name, string value)
    {
        using var response = await GetAsync("/api/v1/plans", name, value);
        var seen = await Seen.OfAsync(response);
        Assert.Equal("127.0.0.1", seen.Header("X-GpuGeek-Client"));
        Assert.Equal("/api/v1/plans", seen.Path);
        Assert.Equal(new Uri(site.Upstream.Url).Authority, seen.Header("Host"));
        if (name.StartsWith("X-Forwarded-", StringComparison.Ordinal) || name == "Forwarded")
            Assert.Null(seen.Header(name));
    }
}

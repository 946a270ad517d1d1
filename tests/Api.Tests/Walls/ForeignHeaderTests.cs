using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;

namespace GpuGeek.Api.Tests.Walls;

/// <summary>Requests without the front door's secret cannot set the client's address or the site's name.</summary>
public sealed class WhatAStrangersHeadersSay(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-For", "6.6.6.6"),
        ("X-Forwarded-Prefix", "/evil.example"),
        ("X-Original-Host", "evil.example"),
        ("X-Real-IP", "6.6.6.6"),
        ("Forwarded", "for=6.6.6.6;host=evil.example;proto=https"),
        ("X-GpuGeek-Client", "6.6.6.6"),
        ("X-GpuGeek-Front", "a guess"),
    ];

    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private HttpClient Lying(string? token)
    {
        var http = _app.CreateClient();
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        foreach (var (name, value) in Headers)
            http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return http;
    }

    [Fact]
    public async Task Changes_no_link_and_no_address_of_what_was_made()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        var version = await session.AddModelVersionAsync(data.Id);
        using var http = Lying(session.Token);
        foreach (
            var (path, body, link) in new (string, object, string?)[]
            {
                ("invitations", new { role = "viewer" }, "http://gpugeek.test/invitation#gg_"),
                ("projects/flowers/share-links", new { run = version.RunId, days = 7 }, "http://gpugeek.test/shared#gg_share_"),
                ("keys", new { name = "ci", scopes = new[] { "runs:read" } }, null),
            }
        )
        {
            var answer = await http.PostAsJsonAsync(session.At(path), body, Cancel);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
            Assert.DoesNotContain("evil.example", $"{answer.Headers}{text}", StringComparison.Ordinal);
            if (link is not null)
                Assert.StartsWith(link, JsonDocument.Parse(text).RootElement.GetProperty("url").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Is_not_written_into_the_audit_or_the_record_of_the_account()
    {
        var session = await _app.RegisterAsync();
        using var http = Lying(session.Token);
        await new GpuGeekClient(http, session.Token).CreateProjectAsync(session.Org, new() { Name = "Flowers" }, Cancel);
        using var nobody = Lying(null);
        await new GpuGeekClient(nobody).SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel);
        // An in-memory connection has no address: "local" is what the connection itself says.
        Assert.Equal("local", (await session.Client.ListAuditAsync(session.Org, "project.", ct: Cancel)).Items[0].Address);
        Assert.Equal("local", (await session.Client.ListAccountEventsAsync(ct: Cancel)).Items[0].Address);
    }
}

public sealed class AGuesserWhoNamesOtherAddresses(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Is_one_guesser()
    {
        var refused = 0;
        for (var i = 0; i < 40 && refused == 0; i++)
        {
            using var http = shared.App.CreateClient();
            foreach (var name in (string[])["X-Forwarded-For", "X-GpuGeek-Client", "X-Real-IP"])
                http.DefaultRequestHeaders.Add(name, $"6.6.6.{i}");
            using var answer = await http.PostAsJsonAsync(
                "/api/v1/account/sign-in",
                new { email = $"nobody{i}@example.org", password = "a wrong phrase" },
                Cancel
            );
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                refused++;
        }
        Assert.Equal(1, refused);
    }
}

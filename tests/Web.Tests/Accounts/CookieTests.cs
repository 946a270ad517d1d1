using System.Text.RegularExpressions;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Web.Tests.FrontDoor;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Web.Tests.Accounts;

/// <summary>Behind a proxy that speaks https, while this process itself speaks http.</summary>
public sealed partial class EveryCookieUnderHttps : IAsyncLifetime
{
    private readonly Site _site = new() { Https = true };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _site.InitializeAsync();
        _site.Upstream.Answer = context =>
            context.Request.Path.Value switch
            {
                "/api/v1/installation" => context.Response.WriteAsJsonAsync(new InstallationResponse(false, false, "1", true, true)),
                "/api/v1/account/sign-in-passkey/begin" => context.Response.WriteAsJsonAsync(
                    new PasskeyChallengeResponse(Guid.AllBitsSet, "{\"challenge\":\"abc\"}")
                ),
                _ => context.Response.WriteAsJsonAsync(
                    new SessionResponse(
                        Site.Session,
                        new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero),
                        new(Guid.Empty, "ada@example.org", "Ada", false),
                        [new("acme", "Acme", "owner")]
                    )
                    {
                        Device = "known",
                    }
                ),
            };
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken { get; }

    private async Task<IReadOnlyList<string>> CookiesAsync(string path, Dictionary<string, string> fields)
    {
        using var client = _site.Client();
        using var page = await client.GetAsync("/sign-in", Cancel);
        fields["__RequestVerificationToken"] = FormToken.Match(await page.Content.ReadAsStringAsync(Cancel)).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        var form = page.Headers.GetValues("Set-Cookie").Single();
        request.Headers.Add("Cookie", form.Split(';')[0]);
        using var response = await client.SendAsync(request, Cancel);
        return [form, .. response.Headers.GetValues("Set-Cookie")];
    }

    public static TheoryData<string, string, string> Forms =>
        new()
        {
            { "/sign-in", "sign-in", "__Host-gg_test0001" },
            { "/sign-in", "sign-in", "__Host-gg_device_test0001" },
            { "/sign-in", "passkey", "__Host-gg_browser_test0001" },
            { "/preferences", "theme", "gg_theme" },
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Is_for_https_and_this_site_alone_and_hidden_from_scripts(string path, string handler, string expected)
    {
        var cookies = await CookiesAsync(
            path,
            new()
            {
                ["_handler"] = handler,
                ["Form.Email"] = "ada@example.org",
                ["Form.Password"] = "right password",
                ["theme"] = "dark",
            }
        );
        Assert.Contains(cookies, c => c.StartsWith(expected + "=", StringComparison.Ordinal));
        Assert.All(
            cookies,
            cookie =>
            {
                string[] attributes = [.. cookie.Split(';').Skip(1).Select(a => a.Trim().ToLowerInvariant())];
                Assert.Contains("secure", attributes);
                Assert.Contains("httponly", attributes);
                Assert.Contains("path=/", attributes);
                Assert.Contains(attributes, a => a is "samesite=lax" or "samesite=strict");
                Assert.DoesNotContain(attributes, a => a.StartsWith("domain", StringComparison.Ordinal));
            }
        );
    }
}

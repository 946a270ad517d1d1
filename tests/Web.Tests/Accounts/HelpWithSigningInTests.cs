using System.Net;
using System.Text.RegularExpressions;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Web.Tests.FrontDoor;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Web.Tests.Accounts;

/// <summary>Without the password: passkeys and forgotten passwords, as the pages ask the API for them.</summary>
public sealed partial class WithoutThePassword(Site site) : IClassFixture<Site>
{
    private readonly List<(string Path, string Body, string Language)> _asked = [];
    private bool _sendsMail = true;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken { get; }

    private async Task ApiAsync(HttpContext context)
    {
        if (context.Request.Path == "/api/v1/installation")
        {
            await context.Response.WriteAsJsonAsync(new InstallationResponse(false, false, "1", _sendsMail, true));
            return;
        }
        using var reader = new StreamReader(context.Request.Body);
        _asked.Add((context.Request.Path, await reader.ReadToEndAsync(Cancel), context.Request.Headers.AcceptLanguage.ToString()));
        if (context.Request.Path.Value!.EndsWith("/begin", StringComparison.Ordinal))
            await context.Response.WriteAsJsonAsync(new PasskeyChallengeResponse(Guid.AllBitsSet, "{\"challenge\":\"abc\"}"));
        else
            context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task<HttpResponseMessage> SendFormAsync(
        string path,
        string form,
        Dictionary<string, string> fields,
        string language = "en"
    )
    {
        site.Upstream.Answer = ApiAsync;
        using var client = site.Client();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        using var page = await client.GetAsync(path, Cancel);
        Assert.Empty(_asked);
        fields["_handler"] = form;
        fields["__RequestVerificationToken"] = FormToken.Match(await page.Content.ReadAsStringAsync(Cancel)).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return await client.SendAsync(request, Cancel);
    }

    [Fact]
    public async Task A_passkeys_challenge_is_bound_to_a_cookie_that_scripts_cannot_read()
    {
        using var response = await SendFormAsync("/sign-in", "passkey", []);
        var html = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(Cancel));
        var cookie = response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("gg_browser_", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        var secret = cookie.Split('=', ';')[1];
        Assert.Equal(
            ("/api/v1/account/sign-in-passkey/begin", $"{{\"browser\":\"{secret}\"}}"),
            (_asked.Single().Path, _asked.Single().Body)
        );
        Assert.DoesNotContain(secret, html);
        Assert.Contains("data-passkey=\"get\"", html);
        Assert.Contains("data-options=\"{\"challenge\":\"abc\"}\"", html);
    }

    [Theory]
    [InlineData("en-GB,en;q=0.9", "en")]
    [InlineData("zh-CN,zh;q=0.9", "zh-Hans")]
    public async Task A_link_is_asked_for_in_the_language_of_the_page(string browser, string language)
    {
        using var response = await SendFormAsync("/forgot-password", "forgot", new() { ["Form.Email"] = "ada@example.org" }, browser);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("/api/v1/account/forgot-password", "{\"email\":\"ada@example.org\"}", language), _asked.Single());
        Assert.Contains("role=\"status\"", await response.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/forgot-password")]
    public async Task Where_no_mail_is_sent_the_page_names_the_operators_command(string page)
    {
        _sendsMail = false;
        site.Upstream.Answer = ApiAsync;
        using var client = site.Client();
        Assert.Contains("GpuGeek.Api reset-password EMAIL", await client.GetStringAsync(page, Cancel));
        _sendsMail = true;
        Assert.DoesNotContain("reset-password EMAIL", await client.GetStringAsync(page, Cancel));
    }
}

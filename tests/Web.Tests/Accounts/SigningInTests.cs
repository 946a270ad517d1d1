using System.Net;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Web.Tests.FrontDoor;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Web.Tests.Accounts;

public sealed class SigningIn(Site site) : IClassFixture<Site>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task ApiAsync(HttpContext context)
    {
        if (context.Request.Path == "/api/v1/installation")
        {
            await context.Response.WriteAsJsonAsync(new InstallationResponse(false, false, "1", true, true));
            return;
        }
        var body = await context.Request.ReadFromJsonAsync<SignInRequest>();
        if (body!.Password == "right password")
        {
            var person = new UserResponse(Guid.Empty, body.Email!, "Ada", false);
            await context.Response.WriteAsJsonAsync(
                new SessionResponse(Site.Session, new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero), person, [new("acme", "Acme", "owner")])
            );
            return;
        }
        context.Response.StatusCode = 401;
        await context.Response.WriteAsJsonAsync(
            new ApiProblem(null, "Not so", 401, "The email or the password is not right.", "wrong_credentials", "Check both.", "r1", null),
            GpuGeekClient.Json,
            "application/problem+json"
        );
    }

    private Task<HttpResponseMessage> SendFormAsync(string path, string password, bool withToken = true)
    {
        site.Upstream.Answer = ApiAsync;
        return AccountForm.SendAsync(site, path, new() { ["Form.Email"] = "ada@example.org", ["Form.Password"] = password }, withToken);
    }

    [Fact]
    public async Task Sets_a_cookie_that_scripts_cannot_read_and_goes_to_the_projects()
    {
        using var response = await SendFormAsync("/sign-in", "right password");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("/acme", new Uri(new Uri(site.Url), response.Headers.Location!).AbsolutePath);
        var cookie = response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith($"{site.CookieName}=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Sends_what_an_earlier_sign_in_left_with_the_browser()
    {
        SignInRequest? sent = null;
        site.Upstream.Answer = async context =>
        {
            if (context.Request.Path != "/api/v1/account/sign-in")
            {
                await ApiAsync(context);
                return;
            }
            sent = await context.Request.ReadFromJsonAsync<SignInRequest>();
            context.Response.StatusCode = 401;
        };
        var device = site.CookieName.Replace("gg_", "gg_device_", StringComparison.Ordinal);
        var fields = new Dictionary<string, string> { ["Form.Email"] = "ada@example.org", ["Form.Password"] = "right password" };
        using var response = await AccountForm.SendAsync(site, "/sign-in", fields, cookie: $"{device}=left-before");
        Assert.Equal("left-before", sent?.Device);
    }

    [Theory]
    [InlineData("/acme/keys", "/acme/keys")]
    [InlineData("https://evil.example/", "/acme")]
    [InlineData("//evil.example/", "/acme")]
    [InlineData("/\\evil.example/", "/acme")]
    [InlineData("/\t/evil.example/", "/acme")]
    [InlineData("/\n/evil.example/", "/acme")]
    [InlineData("https:evil.example", "/acme")]
    [InlineData("javascript:alert(1)", "/acme")]
    [InlineData("/%2Fevil.example/", "/%2Fevil.example/")]
    [InlineData("/.//evil.example/", "//evil.example/")]
    public async Task Returns_only_to_this_site(string asked, string expected)
    {
        using var response = await SendFormAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(asked), "right password");
        var location = new Uri(new Uri(site.Url), response.Headers.Location!);
        Assert.Equal(new Uri(site.Url).Authority, location.Authority);
        Assert.Equal(expected, location.AbsolutePath);
    }

    [Fact]
    public async Task With_a_wrong_password_says_so_and_keeps_what_was_typed()
    {
        using var response = await SendFormAsync("/sign-in", "wrong");
        var html = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("The email or the password is not right.", html);
        Assert.Contains("value=\"ada@example.org\"", html);
        Assert.DoesNotContain("Set-Cookie: " + site.CookieName, response.Headers.ToString());
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/invitation")]
    [InlineData("/reset-password")]
    public async Task Leaves_no_page_in_a_cache(string page)
    {
        site.Upstream.Answer = ApiAsync;
        using var client = site.Client();
        using var response = await client.GetAsync(page, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task From_a_form_of_another_site_is_refused()
    {
        using var response = await SendFormAsync("/sign-in", "right password", withToken: false);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("This form has expired", await response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Is_where_pages_send_unauthenticated_users()
    {
        using var client = site.Client();
        using var response = await client.GetAsync("/acme/flowers/data?class=rose", Cancel);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("/sign-in?returnUrl=%2Facme%2Fflowers%2Fdata%3Fclass%3Drose", response.Headers.Location!.ToString());
    }
}

public sealed class EveryPage(Site site) : IClassFixture<Site>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Allows_no_script_but_files_of_this_site_and_no_frame()
    {
        using var client = site.Client();
        using var response = await client.SendAsync(site.FromBrowser(HttpMethod.Get, "/acme"), Cancel);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("<script>", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("same-origin", response.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task Carries_the_token_of_its_session()
    {
        using var client = site.Client();
        var html = await (await client.SendAsync(site.FromBrowser(HttpMethod.Get, "/acme"), Cancel)).Content.ReadAsStringAsync(Cancel);
        Assert.Contains("<meta name=\"gg-csrf\" content=\"", html);
        Assert.DoesNotContain(Site.Session, html);
    }

    [Fact]
    public async Task Follows_the_browsers_language()
    {
        using var client = site.Client();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN,zh;q=0.9");
        var html = await client.GetStringAsync("/sign-in", Cancel);
        Assert.Contains("<html lang=\"zh-Hans\"", html);
        Assert.Contains("登录", WebUtility.HtmlDecode(html));
    }

    [Theory]
    [InlineData("/app.css", "text/css")]
    [InlineData("/js/shell.js", "text/javascript")]
    [InlineData("/_framework/blazor.web.js", "text/javascript")]
    [InlineData("/vendor/uplot/uPlot.iife.min.js", "text/javascript")]
    public async Task Finds_its_files(string path, string type)
    {
        using var client = site.Client();
        using var response = await client.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task That_does_not_exist_says_so()
    {
        using var client = site.Client();
        using var response = await client.SendAsync(site.FromBrowser(HttpMethod.Get, "/robots.txt"), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Not found", await response.Content.ReadAsStringAsync(Cancel));
    }
}

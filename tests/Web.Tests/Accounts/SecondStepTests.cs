using System.Net;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Web.Tests.FrontDoor;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Web.Tests.Accounts;

/// <summary>Before, the page showed a missing code as an error, and asked for the password again.</summary>
public sealed class SigningInWithASecondFactor(Site site) : IClassFixture<Site>
{
    private const string Challenge = "the-password-was-right";
    private int _asked;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task ApiAsync(HttpContext context)
    {
        if (context.Request.Path == "/api/v1/installation")
        {
            await context.Response.WriteAsJsonAsync(new InstallationResponse(false, true, "1", true, true));
            return;
        }
        _asked++;
        var (code, challenge) = await context.Request.ReadFromJsonAsync<SignInRequest>() switch
        {
            { Challenge: null, Password: "right password" } => ("second_factor_needed", Challenge),
            { Challenge: Challenge, Code: "123456" or "abcd-efgh", Password: null, Email: null } => (null, null),
            { Challenge: Challenge } => ("wrong_code", null),
            _ => ("challenge_invalid", null),
        };
        if (code is null)
        {
            var person = new UserResponse(Guid.Empty, "ada@example.org", "Ada", false);
            await context.Response.WriteAsJsonAsync(
                new SessionResponse(Site.Session, new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero), person, [new("acme", "Acme", "owner")])
            );
            return;
        }
        context.Response.StatusCode = 401;
        var problem = new ApiProblem(null, "Not signed in", 401, $"Refused: {code}.", code, "A hint.", "r1", null)
        {
            Challenge = challenge,
        };
        await context.Response.WriteAsJsonAsync(problem, GpuGeekClient.Json, "application/problem+json");
    }

    private async Task<(HttpResponseMessage Answer, string Html)> SendAsync(params (string Name, string Value)[] fields)
    {
        site.Upstream.Answer = ApiAsync;
        var answer = await AccountForm.SendAsync(
            site,
            "/sign-in?returnUrl=%2Facme%2Fkeys",
            fields.ToDictionary(f => "Form." + f.Name, f => f.Value)
        );
        return (answer, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancel)));
    }

    private Task<(HttpResponseMessage Answer, string Html)> SendStepAsync(string challenge, params (string Name, string Value)[] fields) =>
        SendAsync([("Email", "ada@example.org"), ("Challenge", challenge), .. fields]);

    [Fact]
    public async Task Asks_for_the_code_alone_after_the_right_password_and_shows_no_error()
    {
        var (answer, html) = await SendAsync(("Email", "ada@example.org"), ("Password", "right password"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Contains("<h1>Enter your code</h1>", html, StringComparison.Ordinal);
        Assert.Contains(
            "inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"10\" required autofocus",
            html,
            StringComparison.Ordinal
        );
        Assert.All(
            ["class=\"note ", "type=\"password\"", "Register"],
            absent => Assert.DoesNotContain(absent, html, StringComparison.Ordinal)
        );
        Assert.Contains($"<input type=\"hidden\" name=\"Form.Challenge\" value=\"{Challenge}\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("123456")]
    [InlineData(" abcd-efgh ")]
    public async Task Enters_with_the_code_and_goes_where_it_was_going(string code)
    {
        var (answer, _) = await SendStepAsync(Challenge, ("Code", code));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/acme/keys", new Uri(new Uri(site.Url), answer.Headers.Location!).PathAndQuery);
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith($"{site.CookieName}=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Says_that_a_code_is_wrong_and_asks_for_the_next_one()
    {
        var (_, html) = await SendStepAsync(Challenge, ("Code", "000000"));
        Assert.Contains("Refused: wrong_code.", html, StringComparison.Ordinal);
        Assert.Contains(Challenge, html, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("000000", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goes_back_to_the_password_with_the_email_filled_in_when_it_took_too_long()
    {
        var (_, html) = await SendStepAsync("an old one", ("Code", "123456"));
        Assert.Contains("Refused: challenge_invalid.", html, StringComparison.Ordinal);
        Assert.Contains("<h1>Sign in</h1>", html, StringComparison.Ordinal);
        Assert.Contains("type=\"email\" value=\"ada@example.org\"", html, StringComparison.Ordinal);
        Assert.Contains("type=\"password\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("an old one", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_recovery_code_in_a_field_of_its_own_and_asks_the_api_for_nothing_meanwhile()
    {
        var (_, html) = await SendStepAsync(Challenge, ("Code", ""), ("Switch", "true"));
        Assert.Contains("Recovery code", html, StringComparison.Ordinal);
        Assert.Contains("autocomplete=\"off\"", html, StringComparison.Ordinal);
        Assert.Contains(Challenge, html, StringComparison.Ordinal);
        Assert.Contains("Use the app’s code", html, StringComparison.Ordinal);
        Assert.Equal(0, _asked);
        Assert.Contains(
            "inputmode=\"numeric\"",
            (await SendStepAsync(Challenge, ("Recovery", "true"), ("Switch", "true"))).Html,
            StringComparison.Ordinal
        );
    }
}

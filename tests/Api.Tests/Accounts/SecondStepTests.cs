using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using OtpNet;

namespace GpuGeek.Api.Tests.Accounts;

/// <summary>The second factor as a separate step: the password is sent once.</summary>
public sealed class TheSecondStep(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static string Code(Totp app, int steps = 0) =>
        app.ComputeTotp(DateTime.UnixEpoch + (Planted.Now - DateTimeOffset.UnixEpoch) + TimeSpan.FromSeconds(30 * steps));

    private async Task<(TenantSession Session, Totp App)> WithAppAsync()
    {
        var session = await _app.RegisterAsync();
        var app = new Totp(Base32Encoding.ToBytes((await session.Client.BeginSecondFactorAsync(Cancel)).Secret));
        await session.Client.ConfirmSecondFactorAsync(new() { Code = Code(app, -1) }, Cancel);
        return (session, app);
    }

    private static async Task<ApiProblem> RefusedAsync(HttpClient http, SignInRequest request) =>
        (await Assert.ThrowsAsync<ApiException>(() => new GpuGeekClient(http).SignInAsync(request, Cancel))).Problem;

    private static async Task<string> ChallengeAsync(TenantSession session, HttpClient http)
    {
        var refused = await RefusedAsync(http, new() { Email = session.Email, Password = session.Password });
        Assert.Equal("second_factor_needed", refused.Code);
        return Assert.IsType<string>(refused.Challenge);
    }

    [Fact]
    public async Task Takes_the_challenge_and_a_code_in_place_of_the_password()
    {
        var (session, app) = await WithAppAsync();
        var http = _app.HttpWith(null);
        var challenge = await ChallengeAsync(session, http);
        Assert.Equal("wrong_code", (await RefusedAsync(http, new() { Challenge = challenge, Code = "000000x" })).Code);
        var signedIn = await new GpuGeekClient(http).SignInAsync(new() { Challenge = challenge, Code = Code(app) }, Cancel);
        Assert.Equal(session.Email, signedIn.User.Email);
        Assert.Equal("wrong_code", (await RefusedAsync(http, new() { Challenge = challenge, Code = Code(app) })).Code);
    }

    [Fact]
    public async Task Is_for_the_network_that_sent_the_password()
    {
        var (session, app) = await WithAppAsync();
        var http = From("2001:db8:1:2::7");
        var challenge = await ChallengeAsync(session, http);
        foreach (var elsewhere in (string[])["2001:db8:1:3::7", "10.9.8.7"])
            Assert.Equal(
                "challenge_invalid",
                (await RefusedAsync(From(elsewhere), new() { Challenge = challenge, Code = Code(app) })).Code
            );
        await new GpuGeekClient(From("2001:db8:1:2:ffff::1")).SignInAsync(new() { Challenge = challenge, Code = Code(app) }, Cancel);
    }

    [Fact]
    public async Task Ends_with_the_password_that_was_proved()
    {
        var (session, app) = await WithAppAsync();
        var http = _app.HttpWith(null);
        var challenge = await ChallengeAsync(session, http);
        await session.Client.ChangePasswordAsync(new() { CurrentPassword = session.Password, NewPassword = "another long phrase" }, Cancel);
        Assert.Equal("challenge_invalid", (await RefusedAsync(http, new() { Challenge = challenge, Code = Code(app) })).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not a challenge")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Refuses_what_is_no_challenge(string challenge)
    {
        await WithAppAsync();
        var refused = await RefusedAsync(_app.HttpWith(null), new() { Challenge = challenge, Code = "123456" });
        Assert.Equal((401, "challenge_invalid"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task And_the_first_name_what_they_lack()
    {
        var answer = await _app.HttpWith(null).PostAsJsonAsync("/api/v1/account/sign-in", new { email = " " }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<ApiProblem>(GpuGeekClient.Json, Cancel);
        Assert.Equal(["/email", "/password"], problem!.Errors!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["/code"], (await RefusedAsync(_app.HttpWith(null), new() { Challenge = "x" })).Errors!.Keys);
    }

    private HttpClient From(string address)
    {
        var http = _app.HttpWith(null);
        http.DefaultRequestHeaders.Remove("X-GpuGeek-Client");
        http.DefaultRequestHeaders.Add("X-GpuGeek-Client", address);
        return http;
    }
}

using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Tests.Accounts;

public sealed class ASession(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task MoveAsync(TenantSession session, int days)
    {
        await using var db = _app.SystemDatabase();
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE tokens SET last_used_at = last_used_at - make_interval(days => {days}) WHERE user_id = (SELECT id FROM users
            WHERE email = {session.Email}) AND kind = 'session'
            """,
            Cancel
        );
    }

    private static async Task<HttpStatusCode> AskAsync(TenantSession session) =>
        (await session.Http.GetAsync(new Uri("/api/v1/account/me", UriKind.Relative), Cancel)).StatusCode;

    [Fact]
    public async Task Unused_for_two_weeks_has_ended()
    {
        var session = await _app.RegisterAsync();
        await MoveAsync(session, 15);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(session));
        var again = await new GpuGeekClient(_app.HttpWith(null)).SignInAsync(
            new() { Email = session.Email, Password = session.Password },
            Cancel
        );
        Assert.Single((await new GpuGeekClient(_app.HttpWith(again.Token), again.Token).ListSessionsAsync(Cancel)).Items);
    }

    [Fact]
    public async Task Used_within_two_weeks_goes_on_and_counts_anew()
    {
        var session = await _app.RegisterAsync();
        for (var i = 0; i < 3; i++)
        {
            await MoveAsync(session, 13);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(session));
        }
        var listed = Assert.Single((await session.Client.ListSessionsAsync(Cancel)).Items);
        Assert.Equal(listed.LastUsedAt!.Value.AddDays(14), listed.EndsAt);
    }

    [Fact]
    public async Task Ends_after_ninety_days_however_much_it_is_used()
    {
        var session = await _app.RegisterAsync();
        var listed = Assert.Single((await session.Client.ListSessionsAsync(Cancel)).Items);
        Assert.Equal(listed.CreatedAt.AddDays(90), listed.ExpiresAt);
        await using (var db = _app.SystemDatabase())
            await db.Database.ExecuteSqlAsync($"UPDATE tokens SET expires_at = now() - interval '1 second' WHERE id = {listed.Id}", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(session));
    }

    [Fact]
    public async Task Unused_is_no_reason_to_end_a_key()
    {
        var session = await _app.RegisterAsync();
        var key = await session.Client.CreateKeyAsync(session.Org, new() { Name = "camera", Scopes = Contracts.Common.Scopes.All }, Cancel);
        await using (var db = _app.SystemDatabase())
            await db
                .Tokens.Where(t => t.Id == key.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, Planted.Now.AddDays(-400)), Cancel);
        await new GpuGeekClient(_app.HttpWith(key.Key)).ListProjectsAsync(session.Org, Cancel);
    }

    [Fact]
    public async Task Is_ended_by_its_person_alone()
    {
        var (ann, bob) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        var hers = Assert.Single((await ann.Client.ListSessionsAsync(Cancel)).Items).Id;
        foreach (var id in (Guid[])[hers, Planted.NewId()])
        {
            var refused = await Answers.RefusedAsync(() => bob.Client.RevokeSessionAsync(id, Cancel));
            Assert.Equal((HttpStatusCode.NotFound, "not_found"), (refused.Status, refused.Code));
        }
        Assert.Equal(HttpStatusCode.OK, await AskAsync(ann));
        await ann.Client.RevokeSessionAsync(hers, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(ann));
    }

    [Fact]
    public async Task That_has_ended_is_told_so_at_every_route_of_the_account()
    {
        var session = await _app.RegisterAsync();
        await session.Client.SignOutAsync(Cancel);
        Func<Task>[] calls =
        [
            () => session.Client.GetMeAsync(Cancel),
            () => session.Client.ListSessionsAsync(Cancel),
            () => session.Client.RevokeSessionAsync(Planted.NewId(), Cancel),
            () => session.Client.ListAccountEventsAsync(ct: Cancel),
            () => session.Client.BeginSecondFactorAsync(Cancel),
            () => session.Client.ConfirmSecondFactorAsync(new() { Code = "123456" }, Cancel),
            () => session.Client.RemoveSecondFactorAsync(new() { Password = session.Password }, Cancel),
            () =>
                session.Client.ChangePasswordAsync(
                    new() { CurrentPassword = session.Password, NewPassword = "quite another phrase" },
                    Cancel
                ),
            () => session.Client.SignOutAsync(Cancel),
            () => session.Client.ListPasskeysAsync(Cancel),
            () => session.Client.BeginPasskeyAsync(new() { Password = session.Password }, Cancel),
            () => session.Client.RemovePasskeyAsync(Planted.NewId(), Cancel),
            () =>
                session.Client.AddPasskeyAsync(
                    new()
                    {
                        Challenge = Planted.NewId(),
                        Credential = "{}",
                        Name = "n",
                    },
                    Cancel
                ),
        ];
        foreach (var call in calls)
        {
            var refused = await Answers.RefusedAsync(call);
            Assert.Equal((HttpStatusCode.Unauthorized, "not_signed_in"), (refused.Status, refused.Code));
        }
    }

    [Theory]
    [InlineData("GPUGEEK_SESSION_IDLE_DAYS", "0")]
    [InlineData("GPUGEEK_SESSION_DAYS", "366")]
    public async Task A_wrong_configuration_is_reported_at_the_start(string name, string value)
    {
        await using var app = new ApiApplication(shared.Postgres, settings: new Dictionary<string, string> { [name] = value });
        Assert.Contains(name, Assert.Throws<OptionsValidationException>(() => app.CreateClient()).Message, StringComparison.Ordinal);
    }
}

/// <summary>Invalid requests to the second factor.</summary>
public sealed class ASecondFactorMisused(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Confirmed_before_it_is_begun_is_refused()
    {
        var session = await shared.App.RegisterAsync();
        var refused = await Answers.RefusedAsync(() => session.Client.ConfirmSecondFactorAsync(new() { Code = "123456" }, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "second_factor_not_begun"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Removed_where_there_is_none_leaves_no_trace()
    {
        var session = await shared.App.RegisterAsync();
        await session.Client.RemoveSecondFactorAsync(new() { Password = session.Password }, Cancel);
        await session.Client.BeginSecondFactorAsync(Cancel);
        await session.Client.RemoveSecondFactorAsync(new() { Password = session.Password }, Cancel);
        Assert.DoesNotContain("second_factor_off", (await session.Client.ListAccountEventsAsync(ct: Cancel)).Items.Select(e => e.Kind));
    }

    [Theory]
    [InlineData("second-factor/confirm", "{}")]
    [InlineData("second-factor/confirm", "{\"code\":\"12345678901\"}")]
    [InlineData("second-factor/confirm", "{\"code\":123456}")]
    [InlineData("second-factor/remove", "{}")]
    [InlineData("second-factor/remove", "{\"password\":null}")]
    [InlineData("password", "{\"currentPassword\":\"a\",\"newPassword\":\"short\"}")]
    [InlineData("forgot-password", "{\"email\":\"nobody\"}")]
    [InlineData("forgot-password", "{\"email\":\"a@example.org\\r\\nBcc: b@example.org\"}")]
    [InlineData("reset-password", "{\"token\":\"\",\"newPassword\":\"a long enough phrase\"}")]
    [InlineData("passkeys", "{\"challenge\":\"x\",\"credential\":\"{}\",\"name\":\"n\"}")]
    [InlineData("sign-in-passkey/begin", "{\"browser\":\"short\"}")]
    public async Task Sent_what_it_cannot_be_is_a_malformed_request(string path, string body)
    {
        var session = await shared.App.RegisterAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await session.Http.PostAsync(new Uri($"/api/v1/account/{path}", UriKind.Relative), content, Cancel);
        Assert.Equal("malformed_request", await response.CodeAsync(HttpStatusCode.BadRequest));
    }
}

public sealed class AHundredRegistrations(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>From five addresses, since one may register thirty times a minute; the same key from different addresses is a different
    /// key.</summary>
    [Fact]
    public async Task Of_one_address_make_one_account_and_one_organisation()
    {
        await shared.App.RegisterAsync();
        var email = $"{Planted.NewId():N}@example.org";
        var organization = $"Org {email}";
        var clients = Enumerable.Range(0, 5).Select(i => shared.App.HttpWith(null)).ToList();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async i =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/account/register")
                    {
                        Content = System.Net.Http.Json.JsonContent.Create(
                            new
                            {
                                email,
                                password = "a long enough phrase",
                                displayName = "Ann",
                                organization,
                            }
                        ),
                    };
                    request.Headers.Add("Idempotency-Key", email);
                    using var response = await clients[i % clients.Count].SendAsync(request, Cancel);
                    return (response.StatusCode, IsFirst: !response.Headers.Contains("Idempotency-Replayed"));
                })
        );
        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{a.StatusCode}"));
        Assert.Single(answers, a => a is { StatusCode: HttpStatusCode.Created, IsFirst: true });
        await using var db = shared.App.SystemDatabase();
        Assert.Equal(1, await db.Users.CountAsync(u => u.Email == email, Cancel));
        Assert.Equal(1, await db.Organizations.CountAsync(o => o.Name == organization, Cancel));
        Assert.Equal(
            1,
            await db.Tokens.CountAsync(t => t.Kind == TokenKind.Session && db.Users.Any(u => u.Id == t.UserId && u.Email == email), Cancel)
        );
    }
}

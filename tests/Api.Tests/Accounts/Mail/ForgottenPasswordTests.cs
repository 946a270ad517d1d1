using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Infrastructure.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Accounts.Mail;

/// <summary>Each test has its own installation: otherwise its worker would send mail of other tests.</summary>
[Collection("mail")]
public sealed class AForgottenPassword(GpuGeek.TestSupport.PostgresFixture postgres) : IAsyncDisposable
{
    private readonly MailingApplication _mailing = new(postgres);
    private static CancellationToken Cancel => ApiApplication.Cancel;

    public ValueTask DisposeAsync() => _mailing.DisposeAsync();

    [Fact]
    public async Task Is_replaced_with_a_link_that_comes_by_mail_and_works_once()
    {
        var session = await _mailing.App.RegisterAsync();
        await _mailing.Nobody.ForgotPasswordAsync(new() { Email = session.Email.ToUpperInvariant() }, Cancel);
        await _mailing.SendAsync();
        var mail = await _mailing.NextAsync();
        Assert.Equal((session.Email, "gpugeek@example.org"), (mail.To.Mailboxes.Single().Address, mail.From.Mailboxes.Single().Address));
        var token = MailingApplication.TokenIn(mail);
        Assert.Contains($"http://gpugeek.test/reset-password#{token}", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains($"href=\"http://gpugeek.test/reset-password#{token}\"", mail.HtmlBody, StringComparison.Ordinal);
        await _mailing.Nobody.ResetPasswordAsync(new() { Token = token, NewPassword = "quite another phrase" }, Cancel);
        Assert.Equal(
            "link_invalid",
            (
                await Answers.RefusedAsync(() =>
                    _mailing.Nobody.ResetPasswordAsync(new() { Token = token, NewPassword = "yet another phrase" }, Cancel)
                )
            ).Code
        );
        await _mailing.Nobody.SignInAsync(new() { Email = session.Email, Password = "quite another phrase" }, Cancel);
        await _mailing.SendAsync();
        Assert.Contains("password was reset", (await _mailing.NextAsync()).Subject, StringComparison.Ordinal);
        Assert.Equal(0, await _mailing.WaitingAsync());
    }

    [Fact]
    public async Task Is_answered_alike_for_people_who_are_not_there()
    {
        var session = await _mailing.App.RegisterAsync();
        var answers = new List<(HttpStatusCode, string)>();
        foreach (var email in (string[])[session.Email, "nobody-at-all@example.org"])
        {
            using var response = await _mailing
                .App.HttpWith(null)
                .PostAsJsonAsync("/api/v1/account/forgot-password", new { email }, Cancel);
            answers.Add((response.StatusCode, await response.Content.ReadAsStringAsync(Cancel)));
        }
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(HttpStatusCode.Accepted, answers[0].Item1);
        // The same rows, of the same size: only the worker looks up the account.
        Assert.Equal(2, await _mailing.WaitingAsync());
        await _mailing.SendAsync();
        Assert.Equal((1, 0), (_mailing.Server.Taken.Count, await _mailing.WaitingAsync()));
    }

    [Fact]
    public async Task Of_one_account_brings_three_mails_an_hour_and_only_the_last_link_works()
    {
        var session = await _mailing.App.RegisterAsync();
        for (var i = 0; i < 5; i++)
            await _mailing.Nobody.ForgotPasswordAsync(new() { Email = session.Email }, Cancel);
        await _mailing.SendAsync();
        Assert.Equal((MailPost.ResetLinksPerAccount, 0), (_mailing.Server.Taken.Count, await _mailing.WaitingAsync()));
        var tokens = new List<string>();
        for (var i = 0; i < 3; i++)
            tokens.Add(MailingApplication.TokenIn(await _mailing.NextAsync()));
        Assert.Equal(
            "link_invalid",
            (
                await Answers.RefusedAsync(() =>
                    _mailing.Nobody.ResetPasswordAsync(new() { Token = tokens[0], NewPassword = "quite another phrase" }, Cancel)
                )
            ).Code
        );
        await _mailing.Nobody.ResetPasswordAsync(new() { Token = tokens[2], NewPassword = "quite another phrase" }, Cancel);
    }

    [Fact]
    public async Task Is_asked_for_ten_times_an_hour_from_one_address()
    {
        var http = _mailing.App.HttpWith(null);
        for (var i = 0; i < 10; i++)
            Assert.Equal(
                HttpStatusCode.Accepted,
                (await http.PostAsJsonAsync("/api/v1/account/forgot-password", new { email = $"a{i}@example.org" }, Cancel)).StatusCode
            );
        using var refused = await http.PostAsJsonAsync("/api/v1/account/forgot-password", new { email = "b@example.org" }, Cancel);
        Assert.Equal("too_many_requests", await refused.CodeAsync(HttpStatusCode.TooManyRequests));
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Is_mailed_when_the_server_comes_back_and_asked_for_as_ever_meanwhile()
    {
        var session = await _mailing.App.RegisterAsync();
        _mailing.Server.RecipientAnswer = "450 busy";
        await _mailing.Nobody.ForgotPasswordAsync(new() { Email = session.Email }, Cancel);
        await _mailing.SendAsync();
        Assert.Equal((0, 1), (_mailing.Server.Taken.Count, await _mailing.WaitingAsync()));
        await using (var db = _mailing.App.SystemDatabase())
            Assert.False(
                await db.Tokens.AnyAsync(
                    t =>
                        t.Kind == Domain.Tenants.TokenKind.PasswordReset && db.Users.Any(u => u.Id == t.UserId && u.Email == session.Email),
                    Cancel
                )
            );
        _mailing.Server.RecipientAnswer = "250 OK";
        await _mailing.LaterAsync();
        await _mailing.SendAsync();
        await _mailing.Nobody.ResetPasswordAsync(
            new() { Token = MailingApplication.TokenIn(await _mailing.NextAsync()), NewPassword = "quite another phrase" },
            Cancel
        );
    }

    [Fact]
    public async Task Waits_without_a_word_about_whom_in_the_database()
    {
        var session = await _mailing.App.RegisterAsync();
        await _mailing.Nobody.ForgotPasswordAsync(new() { Email = session.Email }, Cancel);
        await using var db = _mailing.App.SystemDatabase();
        var content = (await db.Mails.SingleAsync(Cancel)).Content;
        Assert.DoesNotContain(session.Email, System.Text.Encoding.UTF8.GetString(content), StringComparison.Ordinal);
        await using var nobody = _mailing.App.Contexts.ForNobody();
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => nobody.Mails.CountAsync(Cancel));
        await _mailing.SendAsync();
    }

    [Fact]
    public async Task Brings_a_link_to_the_options_address_whatever_host_is_asked()
    {
        var session = await _mailing.App.RegisterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/account/forgot-password")
        {
            Content = JsonContent.Create(new { email = session.Email }),
        };
        request.Headers.Host = "evil.example.com";
        request.Headers.Add("X-Forwarded-Host", "evil.example.com");
        Assert.Equal(HttpStatusCode.Accepted, (await _mailing.App.HttpWith(null).SendAsync(request, Cancel)).StatusCode);
        await _mailing.SendAsync();
        var mail = await _mailing.NextAsync();
        Assert.DoesNotContain("evil", mail.ToString(), StringComparison.Ordinal);
        Assert.Contains("http://gpugeek.test/reset-password#", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_written_in_the_language_of_the_browser()
    {
        var session = await _mailing.App.RegisterAsync();
        var http = _mailing.App.HttpWith(null);
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en;q=0.3, zh-CN, zh;q=0.9");
        await http.PostAsJsonAsync("/api/v1/account/forgot-password", new { email = session.Email }, Cancel);
        await _mailing.SendAsync();
        var mail = await _mailing.NextAsync();
        Assert.Equal("重设您的 GpuGeek 密码", mail.Subject);
        Assert.Contains("lang=\"zh-Hans\"", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_mail_is_sent_is_the_operators_to_help()
    {
        await using var app = new ApiApplication(postgres);
        var nobody = new Contracts.Client.GpuGeekClient(app.HttpWith(null));
        Assert.False((await nobody.GetInstallationAsync(Cancel)).SendsMail);
        Assert.True((await _mailing.Nobody.GetInstallationAsync(Cancel)).SendsMail);
        var refused = await Answers.RefusedAsync(() => nobody.ForgotPasswordAsync(new() { Email = "a@example.org" }, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "mail_off"), (refused.Status, refused.Code));
        Assert.Empty(app.Services.GetServices<MailPost>());
    }
}

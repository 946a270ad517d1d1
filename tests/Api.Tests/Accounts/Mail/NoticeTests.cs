using GpuGeek.Domain.Mail;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Tests.Accounts.Mail;

[Collection("mail")]
public sealed class MailFromTheInstallation(PostgresFixture postgres) : IAsyncDisposable
{
    private readonly MailingApplication _mailing = new(postgres);
    private static CancellationToken Cancel => ApiApplication.Cancel;

    public ValueTask DisposeAsync() => _mailing.DisposeAsync();

    [Fact]
    public async Task Tells_of_a_changed_password_and_from_where()
    {
        var session = await _mailing.App.RegisterAsync();
        session.Http.DefaultRequestHeaders.UserAgent.ParseAdd("Firefox/150.0");
        await session.Client.ChangePasswordAsync(
            new() { CurrentPassword = session.Password, NewPassword = "quite another phrase" },
            Cancel
        );
        await _mailing.SendAsync();
        var mail = await _mailing.NextAsync();
        Assert.Equal("Your GpuGeek password was changed", mail.Subject);
        Assert.Contains("Firefox/150.0", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("10.0.", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("phrase", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_of_a_second_factor_that_is_gone_and_not_of_one_that_never_was()
    {
        var session = await _mailing.App.RegisterAsync();
        await session.Client.BeginSecondFactorAsync(Cancel);
        await session.Client.RemoveSecondFactorAsync(new() { Password = session.Password }, Cancel);
        Assert.Equal(0, await _mailing.WaitingAsync());
        var setup = await session.Client.BeginSecondFactorAsync(Cancel);
        await session.Client.ConfirmSecondFactorAsync(
            new()
            {
                Code = new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(setup.Secret)).ComputeTotp(
                    TimeProvider.System.GetUtcNow().UtcDateTime
                ),
            },
            Cancel
        );
        await session.Client.RemoveSecondFactorAsync(new() { Password = session.Password }, Cancel);
        await _mailing.SendAsync();
        Assert.Equal("Your GpuGeek second factor was turned off", (await _mailing.NextAsync()).Subject);
    }

    [Fact]
    public async Task Brings_an_invitation_to_whom_it_names()
    {
        var session = await _mailing.App.RegisterAsync();
        var invitation = await session.Client.CreateInvitationAsync(
            session.Org,
            new() { Role = "editor", Email = "bob@example.org" },
            Cancel
        );
        Assert.True(invitation.Mailed);
        Assert.False((await session.Client.CreateInvitationAsync(session.Org, new() { Role = "editor" }, Cancel)).Mailed);
        await _mailing.SendAsync();
        var mail = await _mailing.NextAsync();
        Assert.Equal("bob@example.org", mail.To.Mailboxes.Single().Address);
        Assert.Contains(invitation.Url, mail.TextBody, StringComparison.Ordinal);
        Assert.Empty(_mailing.Server.Taken);
    }

    [Fact]
    public async Task Takes_no_header_and_no_markup_from_a_name()
    {
        await using var server = new SmtpServer();
        var sender = Sender(server, []);
        var evil = "Acme\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>";
        await sender.SendAsync(
            MailTexts.Compose(
                new(MailKind.Invitation, "bob@example.org", "en", "http://gpugeek.test")
                {
                    Link = "http://gpugeek.test/invitation#x",
                    Organization = evil,
                    InvitedBy = evil,
                }
            ),
            Cancel
        );
        var taken = await server.NextAsync(Cancel);
        Assert.Equal(["bob@example.org"], taken.To);
        var mail = MailingApplication.Read(taken);
        Assert.Empty(mail.Bcc);
        Assert.DoesNotContain(taken.Data.Split("\r\n"), line => line.StartsWith("Bcc:", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("<script>", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bob@example.org\r\nRCPT TO:<eve@example.org>")]
    [InlineData("bob@example.org>\r\nDATA")]
    [InlineData("bob@example.org, eve@example.org")]
    [InlineData("Bob <bob@example.org>")]
    [InlineData("")]
    public async Task Goes_to_one_plain_address_or_to_nobody(string address)
    {
        await using var server = new SmtpServer();
        var refused = await Assert.ThrowsAsync<MailException>(() =>
            Sender(server, []).SendAsync(new(address, "s", "t", "<p>t</p>"), Cancel)
        );
        Assert.True(refused.IsFinal);
        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task Is_handed_over_with_the_name_and_password_that_the_server_asks_for()
    {
        await using var server = new SmtpServer { AsksForPassword = true };
        await Sender(server, new() { ["GPUGEEK_SMTP_USER"] = "gpugeek", ["GPUGEEK_SMTP_PASSWORD"] = "s3cret" })
            .SendAsync(new("bob@example.org", "Grüße", "t", "<p>t</p>"), Cancel);
        Assert.Equal("gpugeek:s3cret", (await server.NextAsync(Cancel)).SignedIn);
    }

    [Theory]
    [InlineData("550 unknown", true)]
    [InlineData("450 busy", false)]
    public async Task Refused_is_given_up_or_tried_again(string answer, bool final)
    {
        await using var server = new SmtpServer { RecipientAnswer = answer };
        var refused = await Assert.ThrowsAsync<MailException>(() =>
            Sender(server, []).SendAsync(new("bob@example.org", "s", "t", "<p>t</p>"), Cancel)
        );
        Assert.Equal(final, refused.IsFinal);
    }

    [Fact]
    public async Task Waits_where_there_is_no_server_and_names_no_password()
    {
        var gone = new SmtpServer();
        var sender = Sender(gone, new() { ["GPUGEEK_SMTP_USER"] = "gpugeek", ["GPUGEEK_SMTP_PASSWORD"] = "s3cret" });
        await gone.DisposeAsync();
        var refused = await Assert.ThrowsAsync<MailException>(() => sender.SendAsync(new("bob@example.org", "s", "t", "<p>t</p>"), Cancel));
        Assert.False(refused.IsFinal);
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GPUGEEK_SMTP_FROM", "nobody")]
    [InlineData("GPUGEEK_SMTP_FROM", "")]
    [InlineData("GPUGEEK_SMTP_PORT", "0")]
    [InlineData("GPUGEEK_SMTP_SECURITY", "ssl3")]
    [InlineData("GPUGEEK_SMTP_USER", "gpugeek")]
    public void A_wrong_configuration_is_reported_with_the_variables_name(string name, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Options(new() { [name] = value }));
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sends_no_password_readable_over_a_network()
    {
        Dictionary<string, string?> account = new()
        {
            ["GPUGEEK_SMTP_USER"] = "u",
            ["GPUGEEK_SMTP_PASSWORD"] = "p",
            ["GPUGEEK_SMTP_HOST"] = "mail.example.org",
        };
        Assert.Contains(
            "GPUGEEK_SMTP_SECURITY",
            Assert.Throws<OptionsValidationException>(() => Options(new(account) { ["GPUGEEK_SMTP_SECURITY"] = "none" })).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(SmtpOptions.StartTls, Options(new(account) { ["GPUGEEK_SMTP_SECURITY"] = null }).Security);
    }

    private static SmtpOptions Options(Dictionary<string, string?> settings) =>
        Services(25, settings).GetRequiredService<IOptions<SmtpOptions>>().Value;

    private static IMailSender Sender(SmtpServer server, Dictionary<string, string?> settings) =>
        Services(server.Port, settings).GetRequiredService<IMailSender>();

    private static ServiceProvider Services(int port, Dictionary<string, string?> settings)
    {
        Dictionary<string, string?> all = new()
        {
            ["GPUGEEK_SMTP_HOST"] = "127.0.0.1",
            ["GPUGEEK_SMTP_PORT"] = $"{port}",
            ["GPUGEEK_SMTP_FROM"] = "gpugeek@example.org",
            ["GPUGEEK_SMTP_SECURITY"] = "none",
        };
        foreach (var (name, value) in settings)
            all[name] = value;
        var services = new ServiceCollection();
        Assert.True(services.AddMailPost(new ConfigurationBuilder().AddInMemoryCollection(all).Build()));
        return services.BuildServiceProvider();
    }
}

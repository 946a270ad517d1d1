using System.Text;
using System.Text.RegularExpressions;
using GpuGeek.Contracts.Client;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace GpuGeek.Api.Tests.Accounts.Mail;

/// <summary>An installation that sends mail; the test controls the worker's loop.</summary>
public sealed partial class MailingApplication : IAsyncDisposable
{
    private readonly ApiApplication _app;
    private bool _isUsed;

    public MailingApplication(PostgresFixture postgres)
    {
        Server = new();
        Settings = new Dictionary<string, string>
        {
            ["GPUGEEK_SMTP_HOST"] = "127.0.0.1",
            ["GPUGEEK_SMTP_PORT"] = $"{Server.Port}",
            ["GPUGEEK_SMTP_FROM"] = "GpuGeek <gpugeek@example.org>",
            ["GPUGEEK_SMTP_SECURITY"] = "none",
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings!).Build();
        _app = new(postgres, change: services => services.AddMailPost(configuration), settings: Settings);
    }

    public SmtpServer Server { get; }
    public Dictionary<string, string> Settings { get; }

    public ApiApplication App
    {
        get
        {
            _isUsed = true;
            return _app;
        }
    }

    private static CancellationToken Cancel => ApiApplication.Cancel;

    public GpuGeekClient Nobody => new(App.HttpWith(null));

    /// <summary>Sends all due mail, as the worker's loop would.</summary>
    public async Task SendAsync()
    {
        var post = App.Services.GetRequiredService<MailPost>();
        while (await post.NextAsync(Cancel) is { } mail)
            await post.SendAsync(mail, Cancel);
    }

    public async Task<int> WaitingAsync()
    {
        await using var db = App.SystemDatabase();
        return await db.Mails.CountAsync(Cancel);
    }

    /// <summary>Makes queued mail due immediately, as if the delay until the next attempt had passed.</summary>
    public async Task LaterAsync()
    {
        await using var db = App.SystemDatabase();
        var now = TimeProvider.System.GetUtcNow();
        await db.Mails.ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, now), Cancel);
    }

    public async Task<MimeMessage> NextAsync() => Read(await Server.NextAsync(Cancel));

    public static MimeMessage Read(TakenMail mail) => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail.Data)), Cancel);

    public static string TokenIn(MimeMessage mail) => TokenPattern().Match(mail.TextBody!).Value;

    [GeneratedRegex("gg_(reset|invite)_[0-9A-Za-z]+")]
    private static partial Regex TokenPattern();

    public async ValueTask DisposeAsync()
    {
        // All tests share the database, and the next installation could not decrypt what this one has encrypted.
        if (_isUsed)
            await using (var db = App.SystemDatabase())
                await db.Mails.ExecuteDeleteAsync(CancellationToken.None);
        await App.DisposeAsync();
        await Server.DisposeAsync();
    }
}

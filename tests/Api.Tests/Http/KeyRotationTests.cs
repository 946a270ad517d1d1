using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Security;
using GpuGeek.Infrastructure.Webhooks;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpNet;

namespace GpuGeek.Api.Tests.Http;

/// <summary>A separate database: a rotation processes every organisation's secrets, and other tests' keys are in other folders.</summary>
public sealed class RotatingTheKeys : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly string _backup = Directory.CreateTempSubdirectory("gpugeek-old-keys-").FullName;
    private ApiApplication _app = null!;

    private static readonly string[] Files = ["answers.key", "mail.key", "second-factors.key", "webhooks.key"];
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private string Keys => _app.Services.GetRequiredService<IOptions<KeyFolderOptions>>().Value.Folder!;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _app = new(
            _postgres,
            settings: new Dictionary<string, string>
            {
                ["GPUGEEK_SMTP_HOST"] = "mail.example.org",
                ["GPUGEEK_SMTP_FROM"] = "gpugeek@example.org",
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_backup, recursive: true);
    }

    private sealed record Sealed(TenantSession Session, Guid Webhook, string WebhookSecret, string OldWebhookSecret, Totp App, string Key);

    /// <summary>One secret of each kind, and the keys of that day.</summary>
    private async Task<Sealed> SealAsync()
    {
        var session = await _app.RegisterAsync();
        var webhook = await session.Client.CreateWebhookAsync(
            session.Org,
            new() { Url = "https://1.1.1.1/hook", Events = ["run.failed"] },
            Cancel
        );
        var rotated = await session.Client.RotateWebhookSecretAsync(session.Org, webhook.Id, Cancel);
        var setup = await session.Client.BeginSecondFactorAsync(Cancel);
        var app = new Totp(Base32Encoding.ToBytes(setup.Secret));
        await session.Client.ConfirmSecondFactorAsync(
            new() { Code = app.ComputeTotp(DateTime.UnixEpoch + (Planted.Now - DateTimeOffset.UnixEpoch) - TimeSpan.FromSeconds(30)) },
            Cancel
        );
        await new GpuGeekClient(_app.HttpWith(null)).ForgotPasswordAsync(new() { Email = session.Email }, Cancel);
        var key = await CreateKeyAsync(session);
        foreach (var file in Files)
            File.Copy(Path.Combine(Keys, file), Path.Combine(_backup, file));
        return new(session, webhook.Id, rotated.Secret, webhook.Secret, app, key);
    }

    private static async Task<string> CreateKeyAsync(TenantSession session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, session.At("keys"))
        {
            Content = JsonContent.Create(new { name = "ci", scopes = new[] { "runs:read" } }),
        };
        request.Headers.Add("Idempotency-Key", "once");
        var answer = await session.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private Task<IReadOnlyList<RotatedKey>> RotateAsync() =>
        _app.Services.GetRequiredService<KeyRotation>().RunAsync(TimeSpan.FromMilliseconds(1), Cancel);

    private async Task AssertAllWorksAsync(Sealed known)
    {
        await using var db = _app.SystemDatabase();
        var webhook = await db.Webhooks.IgnoreTenantFilter().AsNoTracking().SingleAsync(w => w.Id == known.Webhook, Cancel);
        Assert.Equal(
            [known.WebhookSecret, known.OldWebhookSecret],
            _app.Services.GetRequiredService<WebhookSecrets>().Signing(webhook, Planted.Now)
        );
        Assert.Equal(
            known.Session.Email,
            _app.Services.GetRequiredService<MailOutbox>().Open(await db.Mails.AsNoTracking().FirstAsync(Cancel)).To
        );
        Assert.Equal(known.Key, await CreateKeyAsync(known.Session));
        var code = known.App.ComputeTotp(DateTime.UnixEpoch + (Planted.Now - DateTimeOffset.UnixEpoch));
        await new GpuGeekClient(_app.HttpWith(null)).SignInAsync(
            new()
            {
                Email = known.Session.Email,
                Password = known.Session.Password,
                Code = code,
            },
            Cancel
        );
    }

    /// <returns>Sealed secrets of all tables, with whom they belong to.</returns>
    private async Task<List<(string File, byte[] Owner, byte[] Box)>> BoxesAsync()
    {
        await using var db = _app.SystemDatabase();
        var boxes = new List<(string, byte[], byte[])>();
        foreach (var w in await db.Webhooks.IgnoreTenantFilter().AsNoTracking().ToListAsync(Cancel))
            boxes.AddRange([
                ("webhooks.key", [.. w.OrgId.ToByteArray(), .. w.Id.ToByteArray()], w.Secret),
                ("webhooks.key", [.. w.OrgId.ToByteArray(), .. w.Id.ToByteArray()], w.OldSecret!),
            ]);
        boxes.AddRange(
            (await db.SecondFactors.AsNoTracking().ToListAsync(Cancel)).Select(f =>
                ("second-factors.key", f.UserId.ToByteArray(), f.Secret)
            )
        );
        boxes.AddRange((await db.Mails.AsNoTracking().ToListAsync(Cancel)).Select(m => ("mail.key", m.Id.ToByteArray(), m.Content)));
        boxes.AddRange(
            (await db.IdempotencyKeys.AsNoTracking().ToListAsync(Cancel)).Select(k =>
                ("answers.key", System.Text.Encoding.ASCII.GetBytes(k.Key), k.Body!)
            )
        );
        return boxes;
    }

    private static SecretBox Box(string folder, string file) => new(folder, file, () => throw new InvalidOperationException());

    [Fact]
    public async Task Everything_works_as_before_and_the_old_keys_open_nothing()
    {
        var known = await SealAsync();
        var before = await BoxesAsync();
        Assert.Equal(5, before.Count);
        Assert.All(before, b => Box(_backup, b.File).Open(b.Owner, b.Box));

        var rotated = await RotateAsync();

        Assert.Equal(
            [("answers.key", 1), ("mail.key", 1), ("second-factors.key", 1), ("webhooks.key", 1)],
            rotated.Select(r => (r.File, r.Rows)).OrderBy(r => r.File, StringComparer.Ordinal)
        );
        Assert.All(await BoxesAsync(), b => Assert.Throws<CryptographicException>(() => Box(_backup, b.File).Open(b.Owner, b.Box)));
        Assert.Empty(Directory.GetFiles(Keys, "*.old").Concat(Directory.GetFiles(Keys, "*.next")));
        foreach (var file in Files)
        {
            Assert.NotEqual(
                await File.ReadAllBytesAsync(Path.Combine(_backup, file), Cancel),
                await File.ReadAllBytesAsync(Path.Combine(Keys, file), Cancel)
            );
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Keys, file)));
        }
        await AssertAllWorksAsync(known);
    }

    [Fact]
    public async Task An_interrupted_rotation_keeps_both_keys_and_is_completed_by_the_next()
    {
        var known = await SealAsync();
        foreach (var file in Files)
            new SealingKeys(Keys, file).Begin();
        await AssertAllOpenAsync();
        // Sealed after the change of keys, beside what still waits for it.
        await known.Session.Client.CreateWebhookAsync(
            known.Session.Org,
            new() { Url = "https://1.1.1.1/other", Events = ["run.failed"] },
            Cancel
        );
        var begun = Files.Select(f => File.ReadAllBytes(Path.Combine(Keys, f))).ToList();

        var rotated = await RotateAsync();

        Assert.Equal(begun, Files.Select(f => File.ReadAllBytes(Path.Combine(Keys, f))));
        Assert.Equal(4, rotated.Sum(r => r.Rows));
        Assert.Empty(Directory.GetFiles(Keys, "*.old"));
        await AssertAllWorksAsync(known);
    }

    [Fact]
    public async Task A_secret_whose_key_is_lost_stops_the_rotation_and_no_key_goes()
    {
        var known = await SealAsync();
        await using (var db = _app.SystemDatabase())
        {
            var factor = await db.SecondFactors.SingleAsync(Cancel);
            factor.Secret = [.. new byte[4], .. factor.Secret[4..]];
            await db.SaveChangesAsync(Cancel);
        }
        await Assert.ThrowsAsync<CryptographicException>(RotateAsync);
        Assert.All(Files, f => Assert.True(File.Exists(Path.Combine(Keys, f + ".old"))));
        await using var after = _app.SystemDatabase();
        var webhook = await after.Webhooks.IgnoreTenantFilter().AsNoTracking().SingleAsync(Cancel);
        Assert.Equal(
            [known.WebhookSecret, known.OldWebhookSecret],
            _app.Services.GetRequiredService<WebhookSecrets>().Signing(webhook, Planted.Now)
        );
        Assert.Equal(known.Key, await CreateKeyAsync(known.Session));
    }

    private async Task AssertAllOpenAsync() => Assert.All(await BoxesAsync(), b => Box(Keys, b.File).Open(b.Owner, b.Box));
}

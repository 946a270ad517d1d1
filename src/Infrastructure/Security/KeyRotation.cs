using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Infrastructure.Security;

/// <param name="File">The key's file.</param>
/// <param name="Rows">Number of re-encrypted secrets.</param>
public sealed record RotatedKey(string File, string Table, int Rows);

/// <summary>
/// Replaces each encryption key while the platform runs. The new key encrypts and the old one still decrypts; then the rows are
/// re-encrypted, one transaction per table; the old key is deleted when a later check finds nothing encrypted with it. The next rotation
/// continues an interrupted one.
/// </summary>
public sealed class KeyRotation(
    IDbContexts contexts,
    WebhookSecrets webhooks,
    SecondFactorSecrets factors,
    MailOutbox mail,
    SealedAnswers answers
)
{
    /// <summary>A backup takes the same lock (AppHost's <c>DatabaseSnapshot</c>): it copies the keys that belong to the dumped
    /// rows.</summary>
    private const long OneAtATime = 0x6B6579726F74;

    private sealed record SealedTable(string Name, string File, SecretBox Box, Func<GpuGeekDbContext, CancellationToken, Task> ResealAsync);

    private IEnumerable<SealedTable> Tables =>
        [
            new("webhooks", "webhooks.key", webhooks.Box, WebhooksAsync),
            new("second_factors", "second-factors.key", factors.Box, FactorsAsync),
            new("mails", "mail.key", mail.Box, MailsAsync),
            new("idempotency_keys", "answers.key", answers.Box, AnswersAsync),
        ];

    /// <param name="settle">Maximum time between encrypting a secret in a request and saving it.</param>
    /// <exception cref="InvalidOperationException">Another rotation, or a backup, is running.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A secret was encrypted with a missing key: its table is
    /// unchanged, and no key was deleted.</exception>
    public async Task<IReadOnlyList<RotatedKey>> RunAsync(TimeSpan settle, CancellationToken cancellationToken)
    {
        await using var guard = await contexts.OpenSystemAsync(cancellationToken);
        await using (
            var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", guard) { Parameters = { new() { Value = OneAtATime } } }
        )
            if (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
                throw new InvalidOperationException("A key rotation or a backup is running: wait for its end.");
        // Without a file nothing was ever encrypted with it.
        var tables = Tables.Where(t => t.Box.Keys.Exist).ToList();
        foreach (var table in tables)
            table.Box.Keys.Begin();
        var rows = tables.ToDictionary(t => t, _ => 0);
        await ResealAsync(rows, cancellationToken);
        // A request may have encrypted with the old key but not saved yet during the first check.
        do await Task.Delay(settle, cancellationToken);
        while (await ResealAsync(rows, cancellationToken) > 0);
        foreach (var table in tables)
            table.Box.Keys.End();
        return [.. tables.Select(t => new RotatedKey(t.File, t.Name, rows[t]))];
    }

    private async Task<int> ResealAsync(Dictionary<SealedTable, int> rows, CancellationToken cancellationToken)
    {
        var sum = 0;
        foreach (var table in rows.Keys)
        {
            var count = await ResealAsync(table, cancellationToken);
            rows[table] += count;
            sum += count;
        }
        return sum;
    }

    private async Task<int> ResealAsync(SealedTable table, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Readers continue; writers wait, so that none of their changes is lost. The table name is a constant.
#pragma warning disable EF1002
        await db.Database.ExecuteSqlRawAsync($"LOCK TABLE public.{table.Name} IN SHARE ROW EXCLUSIVE MODE", cancellationToken);
#pragma warning restore EF1002
        await table.ResealAsync(db, cancellationToken);
        var count = await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    private async Task WebhooksAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        foreach (var webhook in await db.Webhooks.IgnoreTenantFilter().ToListAsync(cancellationToken))
        {
            if (webhooks.Reseal(webhook, webhook.Secret) is { } secret)
                webhook.Secret = secret;
            if (webhook.OldSecret is { } old && webhooks.Reseal(webhook, old) is { } kept)
                db.Entry(webhook).Property(w => w.OldSecret).CurrentValue = kept;
        }
    }

    private async Task FactorsAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        foreach (var factor in await db.SecondFactors.ToListAsync(cancellationToken))
            if (factors.Reseal(factor) is { } secret)
                factor.Secret = secret;
    }

    private async Task MailsAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        foreach (var waiting in await db.Mails.ToListAsync(cancellationToken))
            if (mail.Reseal(waiting) is { } content)
                db.Entry(waiting).Property(m => m.Content).CurrentValue = content;
    }

    private async Task AnswersAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        foreach (var answer in await db.IdempotencyKeys.ToListAsync(cancellationToken))
            if (answers.Reseal(answer) is { } body)
                answer.Body = body;
    }
}

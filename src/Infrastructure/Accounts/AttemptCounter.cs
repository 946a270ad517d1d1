using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Accounts;

/// <param name="Kind">The counted unit; together with <paramref name="Parts"/> it identifies the bucket.</param>
/// <param name="Most">Maximum number of attempts within <paramref name="Window"/>.</param>
/// <param name="IsKnown">True for an account that exists.</param>
/// <param name="Clears">True: success empties the bucket. False: success returns only its own attempt.</param>
public sealed record AttemptLimit(string Kind, string[] Parts, int Most, TimeSpan Window, bool IsKnown, bool Clears);

/// <param name="Until">Time from which attempts are allowed again.</param>
/// <param name="IsFirst">The attempt that reached the limit; the following ones are not reported again.</param>
public sealed record AttemptRefusal(DateTimeOffset Until, bool IsFirst);

/// <summary>
/// Counts attempts at passwords and codes before they are evaluated, so that concurrent attempts are all counted. See ADR-010.
/// </summary>
public sealed class AttemptCounter(IDbContexts contexts, IOptions<KeyFolderOptions> keys, TimeProvider clock)
{
    /// <summary>Maximum number of buckets of addresses and of unknown accounts; beyond it, those that expire first are deleted.</summary>
    public const int MostUnknown = 20_000;

    // Without a key folder each process counts separately, and from zero after a restart.
    private readonly Lazy<byte[]> _key = new(() =>
        keys.Value.Folder is { Length: > 0 } folder
            ? KeyFile.ReadOrCreate(
                folder,
                "attempts.key",
                path => new CryptographicException($"{path} does not hold {KeyFile.Bytes} bytes: restore it from the backup.")
            )
            : RandomNumberGenerator.GetBytes(KeyFile.Bytes)
    );

    /// <summary>Number of buckets kept for unknown accounts and addresses.</summary>
    public int Bound { get; init; } = MostUnknown;

    /// <summary>Counts an attempt in each bucket, in the given order, up to the first full one.</summary>
    /// <param name="limits">In the order of their kinds, which must be the same everywhere: two attempts that lock rows in different
    /// orders would deadlock.</param>
    /// <returns>Null: the attempt is allowed.</returns>
    public async Task<AttemptRefusal?> CountAsync(IReadOnlyList<AttemptLimit> limits, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        var (at, buckets) = (clock.GetUtcNow(), limits.Select(KeyOf).ToArray());
        var most = limits.Select(l => l.Most).ToArray();
        var seconds = limits.Select(l => (int)l.Window.TotalSeconds).ToArray();
        var known = limits.Select(l => l.IsKnown).ToArray();
        var refusals = await db
            .Database.SqlQuery<AttemptRefusal>(
                $"SELECT until, first AS is_first FROM count_attempts({buckets}, {most}, {seconds}, {known}, {at})"
            )
            .ToListAsync(cancellationToken);
        return refusals is [var refusal] ? refusal : null;
    }

    /// <summary>The attempt succeeded.</summary>
    public async Task GiveBackAsync(IReadOnlyList<AttemptLimit> limits, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        var cleared = limits.Where(l => l.Clears).Select(KeyOf).ToArray();
        var lowered = limits.Where(l => !l.Clears).Select(KeyOf).ToArray();
        await db.Database.ExecuteSqlAsync($"SELECT give_attempts_back({cleared}, {lowered})", cancellationToken);
    }

    /// <summary>Deletes expired buckets and, beyond the limit, those of unknown accounts and addresses that expire first.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        await db.Database.ExecuteSqlAsync($"SELECT delete_old_attempts({clock.GetUtcNow()}, {Bound})", cancellationToken);
    }

    private byte[] KeyOf(AttemptLimit limit) =>
        HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(string.Join('\0', [limit.Kind, .. limit.Parts])));
}

using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Identity;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Challenges that wait for an answer: each good once, within minutes, from the browser that asked.</summary>
internal static class PasskeyChallenges
{
    /// <param name="browser">What only the asking browser holds.</param>
    /// <param name="state">What Identity compares the answer with.</param>
    public static async Task<Guid> KeepAsync(
        GpuGeekDbContext db,
        string browser,
        Guid? user,
        string state,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // Nobody else tidies up: what nobody answered goes when the next one comes.
        await db.PasskeyChallenges.Where(c => c.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        var challenge = new PasskeyChallenge
        {
            Id = Guid.CreateVersion7(now),
            Browser = Hash(browser),
            UserId = user,
            State = state,
            ExpiresAt = now + PasskeyChallenge.Lifetime,
        };
        db.PasskeyChallenges.Add(challenge);
        await db.SaveChangesAsync(cancellationToken);
        return challenge.Id;
    }

    /// <summary>Uses the challenge up, whatever comes of its answer.</summary>
    /// <returns>Null: used before, too old, another browser's or another person's.</returns>
    public static async Task<string?> TakeAsync(
        GpuGeekDbContext db,
        Guid id,
        string browser,
        Guid? user,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var hash = Hash(browser);
        var state = await db
            .PasskeyChallenges.Where(c => c.Id == id && c.Browser == hash && c.UserId == user && c.ExpiresAt > now)
            .Select(c => c.State)
            .FirstOrDefaultAsync(cancellationToken);
        // Of two answers to one challenge, one deletes it.
        return state is not null && await db.PasskeyChallenges.Where(c => c.Id == id).ExecuteDeleteAsync(cancellationToken) == 1
            ? state
            : null;
    }

    private static byte[] Hash(string browser) => SHA256.HashData(Encoding.UTF8.GetBytes(browser));
}

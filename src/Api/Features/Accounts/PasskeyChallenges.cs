using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Challenges that wait for a response. Each is valid once, for a few minutes, for the browser that requested it.</summary>
internal static class PasskeyChallenges
{
    /// <param name="browser">A secret that only the requesting browser has.</param>
    /// <param name="state">The state that Identity compares with the response.</param>
    public static async Task<Guid> KeepAsync(
        GpuGeekDbContext db,
        string browser,
        Guid? user,
        string state,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // There is no other clean-up: a new challenge deletes the expired ones.
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

    /// <summary>Consumes the challenge, whether its response is valid or not.</summary>
    /// <returns>Null: already used, too old, or of another browser or person.</returns>
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
        // If two responses to one challenge arrive, only one of them deletes the row.
        return state is not null && await db.PasskeyChallenges.Where(c => c.Id == id).ExecuteDeleteAsync(cancellationToken) == 1
            ? state
            : null;
    }

    private static byte[] Hash(string browser) => SHA256.HashData(Encoding.UTF8.GetBytes(browser));
}

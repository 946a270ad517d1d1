using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Tokens of links that do one thing, once: setting up, signing in, a new password.</summary>
internal static class OneTimeTokens
{
    /// <summary>Uses the token up.</summary>
    /// <returns>Whether it was still good, and whose it is; nobody's for a setup token.</returns>
    public static async Task<(bool Taken, Guid? User)> TakeAsync(
        GpuGeekDbContext db,
        string token,
        TokenKind kind,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (hash, name) = (TokenFormat.Hash(token), kind.ToString().ToLowerInvariant());
        var users = await db
            .Database.SqlQuery<Guid?>($"SELECT user_id AS \"Value\" FROM consume_token({hash}, {name}, {now})")
            .ToListAsync(cancellationToken);
        return (users.Count > 0, users.FirstOrDefault());
    }
}

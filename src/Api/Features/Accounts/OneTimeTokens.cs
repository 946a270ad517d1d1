using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Tokens of one-time links: set-up, sign-in, password reset.</summary>
internal static class OneTimeTokens
{
    /// <summary>Consumes the token.</summary>
    /// <returns>Whether the token was valid, and its owner; a setup token has no owner.</returns>
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

using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Accounts;

/// <summary>Links with which a person sets a new password.</summary>
public static class ResetLinks
{
    /// <summary>Creates and saves the token; earlier tokens of the person become invalid.</summary>
    /// <param name="db">A context of the system role.</param>
    public static async Task<string> MakeAsync(
        GpuGeekDbContext db,
        Guid user,
        string name,
        TimeSpan lifetime,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await db
            .Tokens.Where(t => t.Kind == TokenKind.PasswordReset && t.UserId == user && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), cancellationToken);
        var token = TokenFormat.Create(TokenKind.PasswordReset);
        db.Tokens.Add(
            new()
            {
                Id = Guid.CreateVersion7(now),
                Kind = TokenKind.PasswordReset,
                Hash = TokenFormat.Hash(token),
                Prefix = TokenFormat.Recognizable(token),
                UserId = user,
                Name = name,
                CreatedAt = now,
                ExpiresAt = now + lifetime,
            }
        );
        await db.SaveChangesAsync(cancellationToken);
        return token;
    }
}

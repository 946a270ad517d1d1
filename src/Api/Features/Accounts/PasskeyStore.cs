using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>The store that Identity's passkey handler uses, for the person whose context this is. It is read-only: changes are saved with
/// their session or event.</summary>
internal sealed class PasskeyStore(GpuGeekDbContext db) : IUserPasskeyStore<ApplicationUser>
{
    public Task<string> GetUserIdAsync(ApplicationUser user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(ApplicationUser user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    public async Task<ApplicationUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) && id == db.User ? await db.Users.FirstOrDefaultAsync(u => u.Id == id, cancellationToken) : null;

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(ApplicationUser user, CancellationToken cancellationToken) =>
        [.. (await db.Passkeys.AsNoTracking().Where(p => p.UserId == user.Id).ToListAsync(cancellationToken)).Select(Info)];

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(ApplicationUser user, byte[] credentialId, CancellationToken cancellationToken) =>
        await db.Passkeys.AsNoTracking().FirstOrDefaultAsync(p => p.UserId == user.Id && p.CredentialId == credentialId, cancellationToken)
            is { } passkey
            ? Info(passkey)
            : null;

    // The unique index of the table refuses a credential of another person.
    public Task<ApplicationUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        db.Users.FirstOrDefaultAsync(u => db.Passkeys.Any(p => p.UserId == u.Id && p.CredentialId == credentialId), cancellationToken);

    public Task AddOrUpdatePasskeyAsync(ApplicationUser user, UserPasskeyInfo passkey, CancellationToken cancellationToken) =>
        throw OnlyReads();

    public Task RemovePasskeyAsync(ApplicationUser user, byte[] credentialId, CancellationToken cancellationToken) => throw OnlyReads();

    public Task SetUserNameAsync(ApplicationUser user, string? userName, CancellationToken cancellationToken) => throw OnlyReads();

    public Task<string?> GetNormalizedUserNameAsync(ApplicationUser user, CancellationToken cancellationToken) => throw OnlyReads();

    public Task SetNormalizedUserNameAsync(ApplicationUser user, string? normalizedName, CancellationToken cancellationToken) =>
        throw OnlyReads();

    public Task<IdentityResult> CreateAsync(ApplicationUser user, CancellationToken cancellationToken) => throw OnlyReads();

    public Task<IdentityResult> UpdateAsync(ApplicationUser user, CancellationToken cancellationToken) => throw OnlyReads();

    public Task<IdentityResult> DeleteAsync(ApplicationUser user, CancellationToken cancellationToken) => throw OnlyReads();

    public Task<ApplicationUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw OnlyReads();

    public void Dispose()
    {
        // The creator owns the context.
    }

    private static NotSupportedException OnlyReads() => new("The passkey store only reads.");

    private static UserPasskeyInfo Info(Passkey p) =>
        new(
            p.CredentialId,
            p.PublicKey,
            p.CreatedAt,
            (uint)p.SignCount,
            p.Transports,
            p.IsUserVerified,
            p.IsBackupEligible,
            p.IsBackedUp,
            p.AttestationObject,
            p.ClientDataJson
        )
        {
            Name = p.Name,
        };
}

using GpuGeek.Api.Http;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Checks the two secrets of a sign-in. Each attempt is counted before it is evaluated. Each method returns null if the secret
/// is correct.</summary>
internal sealed class SignInChecks(
    AttemptCounter counter,
    IPasswordHasher<ApplicationUser> hasher,
    SecondFactorSecrets secrets,
    TimeProvider clock
)
{
    // A hash that no password matches: checking it makes an unknown address take as long as a known one.
    private static readonly Lazy<string> Decoy = new(() => new PasswordHasher<ApplicationUser>().HashPassword(null!, "no one's password"));

    /// <param name="user">Null: the account does not exist, which must look like a wrong password.</param>
    /// <param name="device">A device that has signed in to the account before.</param>
    public async Task<ProblemHttpResult?> RefusePasswordAsync(
        GpuGeekDbContext db,
        ApplicationUser? user,
        Guid? device,
        SignInRequest request,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var limits =
            user is not null && device is { } known
                ? Attempts.FromDevice(user.Id, known)
                : Attempts.FromAnywhere(SignIn.Normalize(request.Email!), http, user is not null);
        if (await counter.CountAsync(limits, cancellationToken) is { } refusal)
            return await LockedOutAsync(db, user, http, refusal, cancellationToken);
        var isRight =
            hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? Decoy.Value, request.Password!) != PasswordVerificationResult.Failed;
        if (user is null || !isRight)
        {
            await FailedAsync(db, user, http, "password", cancellationToken);
            return Problems.Unauthorized(
                "wrong_credentials",
                "The email or the password is incorrect.",
                "Check both. After several wrong passwords the account is locked for a few minutes."
            );
        }
        await counter.GiveBackAsync(limits, cancellationToken);
        return null;
    }

    /// <summary>Consumes the code. The caller saves.</summary>
    public async Task<ProblemHttpResult?> RefuseCodeAsync(
        GpuGeekDbContext db,
        ApplicationUser user,
        SecondFactor factor,
        string code,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var limits = Attempts.OfCode(user.Id);
        if (await counter.CountAsync(limits, cancellationToken) is { } refusal)
            return await LockedOutAsync(db, user, http, refusal, cancellationToken);
        if (
            !SecondFactors.TakeCode(factor, secrets.Unprotect(user.Id, factor.Secret), code, clock.GetUtcNow())
            && !SecondFactors.TakeRecoveryCode(factor, code)
        )
        {
            await FailedAsync(db, user, http, "code", cancellationToken);
            return Problems.Unauthorized(
                "wrong_code",
                "The code is incorrect or was already used.",
                "Use the code that the app shows now."
            );
        }
        await counter.GiveBackAsync(limits, cancellationToken);
        return null;
    }

    private async Task FailedAsync(
        GpuGeekDbContext db,
        ApplicationUser? user,
        HttpContext http,
        string what,
        CancellationToken cancellationToken
    )
    {
        if (user is not null)
            AccountTrail.Add(db, http, user.Id, AccountEventKind.SignInFailed, what);
        await db.SaveChangesAsync(cancellationToken);
        // Failed attempts create the rows, so they also delete the old ones.
        await counter.TidyAsync(cancellationToken);
    }

    private static async Task<ProblemHttpResult> LockedOutAsync(
        GpuGeekDbContext db,
        ApplicationUser? user,
        HttpContext http,
        AttemptRefusal refusal,
        CancellationToken cancellationToken
    )
    {
        if (user is not null && refusal.IsFirst)
        {
            AccountTrail.Add(db, http, user.Id, AccountEventKind.LockedOut);
            await db.SaveChangesAsync(cancellationToken);
        }
        return Attempts.LockedOut(http, refusal);
    }
}

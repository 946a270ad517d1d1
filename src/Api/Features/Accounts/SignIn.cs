using System.Globalization;
using GpuGeek.Api.Common;
using GpuGeek.Api.Common.Account;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Identity;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

internal static class SignIn
{
    private const int AttemptsBeforeLockout = 8;
    private static readonly TimeSpan Lockout = TimeSpan.FromMinutes(5);

    // A hash of no password: checking it makes an unknown address take as long as a known one.
    private static readonly Lazy<string> Decoy = new(() => new PasswordHasher<ApplicationUser>().HashPassword(null!, "no one's password"));

    public static string Normalize(string email) => email.Trim().ToUpperInvariant();

    /// <summary>Sign in with email and password</summary>
    /// <remarks>
    /// Where the account has a second factor, the right password alone is answered 401 <c>second_factor_needed</c> with a <c>challenge</c>: send it with the
    /// code, in place of email and password.
    /// </remarks>
    public static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> SignInAsync(
        SignInRequest request, HttpContext http, IDbContexts contexts, IPasswordHasher<ApplicationUser> hasher, SecondFactorSecrets secrets,
        SignInTickets tickets, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = request.Challenge is { } known ? SignInChallenge.UserOf(tickets, known, http, now) : await FindAsync(contexts, Normalize(request.Email!), cancellationToken);
        if (id is null && request.Challenge is not null) return ChallengeInvalid();
        if (id is null)
        {
            hasher.VerifyHashedPassword(null!, Decoy.Value, request.Password!);
            return Wrong();
        }
        await using var db = contexts.ForUser(id.Value);
        if (await db.Users.FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is not { } user) return ChallengeInvalid();
        if (user.LockoutEnd > now)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling((user.LockoutEnd.Value - now).TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Problems.Of(429, "locked_out", "Too many attempts", "There were too many wrong passwords for this account.", $"Try again in {Math.Ceiling((user.LockoutEnd.Value - now).TotalMinutes)} minutes.");
        }
        if (request.Challenge is { } challenge)
        {
            if (!SignInChallenge.Proves(tickets, challenge, user, http)) return ChallengeInvalid();
        }
        else if (hasher.VerifyHashedPassword(user, user.PasswordHash!, request.Password!) == PasswordVerificationResult.Failed)
            return await FailedAsync(db, user, http, now, "password", Wrong(), cancellationToken);
        if (await db.SecondFactors.FirstOrDefaultAsync(f => f.UserId == user.Id && f.ConfirmedAt != null, cancellationToken) is { } factor)
        {
            if (string.IsNullOrWhiteSpace(request.Code)) return CodeNeeded(SignInChallenge.Make(tickets, user, http, now));
            if (!SecondFactors.TakeCode(factor, secrets.Unprotect(user.Id, factor.Secret), request.Code, now) && !SecondFactors.TakeRecoveryCode(factor, request.Code))
                return await FailedAsync(db, user, http, now, "code", Problems.Unauthorized("wrong_code", "The code is not right, or was used before.", "Take the code that the app shows now."), cancellationToken);
        }
        user.AccessFailedCount = 0;
        return TypedResults.Ok(await OpenSessionAsync(db, user, http, "password", now, cancellationToken));
    }

    private static ProblemHttpResult CodeNeeded(string challenge) => Problems.Of(401, "second_factor_needed", "Not signed in", "The account has a second factor.",
        "Send a code of the authenticator app, or a recovery code, as 'code' with this 'challenge'.", new Dictionary<string, object?> { ["challenge"] = challenge });

    private static ProblemHttpResult ChallengeInvalid() => Problems.Unauthorized("challenge_invalid",
        "The challenge is older than five minutes, was given to another network address, or the password has changed since.", "Begin again with email and password.");

    /// <summary>Wrong passwords and wrong codes count alike: six digits alone are soon guessed.</summary>
    private static async Task<ProblemHttpResult> FailedAsync(GpuGeekDbContext db, ApplicationUser user, HttpContext http, DateTimeOffset now, string what, ProblemHttpResult answer, CancellationToken cancellationToken)
    {
        user.AccessFailedCount++;
        AccountTrail.Add(db, http, user.Id, AccountEventKind.SignInFailed, what);
        if (user.AccessFailedCount >= AttemptsBeforeLockout)
        {
            (user.AccessFailedCount, user.LockoutEnd) = (0, now + Lockout);
            AccountTrail.Add(db, http, user.Id, AccountEventKind.LockedOut);
        }
        await db.SaveChangesAsync(cancellationToken);
        return answer;
    }

    /// <summary>Sign in with a one-time link</summary>
    public static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> ByLinkAsync(
        LinkSignInRequest request, HttpContext http, IDbContexts contexts, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var nobody = contexts.ForNobody();
        if ((await OneTimeTokens.TakeAsync(nobody, request.Token, TokenKind.SignInLink, now, cancellationToken)).User is not { } id) return Problems.Impossible("link_invalid", "The link was used before or is too old.", "Take the newest link from where the platform was started, or sign in with your password.");
        await using var db = contexts.ForUser(id);
        var user = await db.Users.SingleAsync(u => u.Id == id, cancellationToken);
        return TypedResults.Ok(await OpenSessionAsync(db, user, http, "link", now, cancellationToken));
    }

    /// <param name="how">For the person's record: <c>password</c>, <c>link</c> or <c>passkey</c>.</param>
    public static async Task<SessionResponse> OpenSessionAsync(GpuGeekDbContext db, ApplicationUser user, HttpContext http, string how, DateTimeOffset now, CancellationToken cancellationToken)
    {
        AccountTrail.Add(db, http, user.Id, AccountEventKind.SignedIn, how);
        var (token, expiresAt) = Sessions.Add(db, user.Id, http, now);
        await db.SaveChangesAsync(cancellationToken);
        return new(token, expiresAt, Sessions.Response(user), await Sessions.MembershipsAsync(db, user.Id, cancellationToken));
    }

    private static async Task<Guid?> FindAsync(IDbContexts contexts, string normalizedEmail, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        return (await db.Database.SqlQuery<Guid?>($"SELECT id AS \"Value\" FROM user_for_sign_in({normalizedEmail})").ToListAsync(cancellationToken)).FirstOrDefault();
    }

    private static ProblemHttpResult Wrong() => Problems.Unauthorized("wrong_credentials", "The email or the password is not right.", "Check both; after several wrong passwords the account is locked for a few minutes.");
}

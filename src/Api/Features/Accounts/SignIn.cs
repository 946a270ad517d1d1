using GpuGeek.Api.Http;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

internal static class SignIn
{
    public static string Normalize(string email) => email.Trim().ToUpperInvariant();

    /// <summary>Sign in with email and password</summary>
    /// <remarks>
    /// If the account has a second factor, a correct password alone returns 401 <c>second_factor_needed</c> with a <c>challenge</c>. Send
    /// the challenge with the code, instead of email and password.
    /// </remarks>
    public static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> SignInAsync(
        SignInRequest request,
        HttpContext http,
        IDbContexts contexts,
        SignInChecks checks,
        SignInPace pace,
        SignInTickets tickets,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var id = request.Challenge is { } given
            ? SignInChallenge.UserOf(tickets, given, http, now)
            : await FindAsync(contexts, Normalize(request.Email!), cancellationToken);
        // An account that does not exist runs the same statements.
        await using var db = contexts.ForUser(id ?? Guid.Empty);
        var user = await db.Users.FirstOrDefaultAsync(u => u.Id == id, cancellationToken);
        var device = KnownDevice.Read(tickets, request.Device, now);
        var known = device is not null && user is not null && device.Knows(user) ? device.Id : (Guid?)null;
        if (!pace.Allows(known?.ToString() ?? ClientAddress.NetworkOf(http)))
            return RateLimits.TooManySignIns(http);
        if (request.Challenge is { } challenge)
        {
            if (user is null || !SignInChallenge.Proves(tickets, challenge, user, http))
                return ChallengeInvalid();
        }
        else if (await checks.RefusePasswordAsync(db, user, known, request, http, cancellationToken) is { } wrong)
            return wrong;
        if (await db.SecondFactors.FirstOrDefaultAsync(f => f.UserId == user!.Id && f.ConfirmedAt != null, cancellationToken) is { } factor)
        {
            if (string.IsNullOrWhiteSpace(request.Code))
                return CodeNeeded(SignInChallenge.Make(tickets, user!, http, now));
            if (await checks.RefuseCodeAsync(db, user!, factor, request.Code, http, cancellationToken) is { } refused)
                return refused;
        }
        return TypedResults.Ok(await OpenSessionAsync(db, user!, http, "password", now, cancellationToken, device));
    }

    private static ProblemHttpResult CodeNeeded(string challenge) =>
        Problems.Of(
            401,
            "second_factor_needed",
            "Not signed in",
            "The account has a second factor.",
            "Send a code from the authenticator app, or a recovery code, as 'code' with this 'challenge'.",
            new Dictionary<string, object?> { ["challenge"] = challenge }
        );

    private static ProblemHttpResult ChallengeInvalid() =>
        Problems.Unauthorized(
            "challenge_invalid",
            "The challenge is older than five minutes, was issued to another network address, or the password has changed.",
            "Sign in again with email and password."
        );

    /// <summary>Sign in with a one-time link</summary>
    public static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> ByLinkAsync(
        LinkSignInRequest request,
        HttpContext http,
        IDbContexts contexts,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        await using var nobody = contexts.ForNobody();
        if ((await OneTimeTokens.TakeAsync(nobody, request.Token, TokenKind.SignInLink, now, cancellationToken)).User is not { } id)
            return Problems.Impossible(
                "link_invalid",
                "The link was already used or has expired.",
                "Use the newest link that the server printed at its start, or sign in with your password."
            );
        await using var db = contexts.ForUser(id);
        var user = await db.Users.SingleAsync(u => u.Id == id, cancellationToken);
        return TypedResults.Ok(await OpenSessionAsync(db, user, http, "link", now, cancellationToken));
    }

    /// <param name="how">For the account's events: <c>password</c>, <c>link</c> or <c>passkey</c>.</param>
    /// <param name="device">The device token of the request, to be renewed; null creates a new one.</param>
    public static async Task<SessionResponse> OpenSessionAsync(
        GpuGeekDbContext db,
        ApplicationUser user,
        HttpContext http,
        string how,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        KnownDevice? device = null
    )
    {
        AccountTrail.Add(db, http, user.Id, AccountEventKind.SignedIn, how);
        var (token, expiresAt) = Sessions.Add(db, user.Id, http, now);
        await db.SaveChangesAsync(cancellationToken);
        var memberships = await Sessions.MembershipsAsync(db, user.Id, cancellationToken);
        return new(token, expiresAt, Sessions.Response(user), memberships)
        {
            Device = KnownDevice.Renew(http.RequestServices.GetRequiredService<SignInTickets>(), device, user, now),
        };
    }

    private static async Task<Guid?> FindAsync(IDbContexts contexts, string normalizedEmail, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        return (
            await db
                .Database.SqlQuery<Guid?>($"SELECT id AS \"Value\" FROM user_for_sign_in({normalizedEmail})")
                .ToListAsync(cancellationToken)
        ).FirstOrDefault();
    }
}

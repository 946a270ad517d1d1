using System.Buffers.Text;
using System.Text.Json;
using GpuGeek.Api.Http;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Signing in with a passkey. The device has verified the person, so no second factor is needed. A lockout after wrong passwords
/// does not apply, because nothing can be guessed.</summary>
internal static class PasskeySignIn
{
    /// <summary>Start a sign-in with a passkey: get the options for the browser</summary>
    public static async Task<Results<Ok<PasskeyChallengeResponse>, ProblemHttpResult>> BeginAsync(
        BeginPasskeySignInRequest request,
        HttpContext http,
        IDbContexts contexts,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!PasskeyRules.ArePossible(options.Value))
            return PasskeyEndpoints.Impossible();
        await using var db = contexts.ForNobody();
        var made = await PasskeyEndpoints.Handler(db, http).MakeRequestOptionsAsync(null, http);
        return TypedResults.Ok(
            new PasskeyChallengeResponse(
                await PasskeyChallenges.KeepAsync(db, request.Browser, null, made.AssertionState!, clock.GetUtcNow(), cancellationToken),
                made.RequestOptionsJson
            )
        );
    }

    /// <summary>Sign in with a passkey</summary>
    public static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> SignInAsync(
        PasskeySignInRequest request,
        HttpContext http,
        IDbContexts contexts,
        AttemptCounter counter,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        await using var nobody = contexts.ForNobody();
        if (await PasskeyChallenges.TakeAsync(nobody, request.Challenge, request.Browser, null, now, cancellationToken) is not { } state)
            return Refused();
        if (CredentialId(request.Credential) is not { } credential || await FindAsync(nobody, credential, cancellationToken) is not { } id)
            return Refused();
        await using var db = contexts.ForUser(id);
        var answer = await PasskeyEndpoints
            .Handler(db, http)
            .PerformAssertionAsync(
                new()
                {
                    HttpContext = http,
                    CredentialJson = request.Credential,
                    AssertionState = state,
                }
            );
        if (!answer.Succeeded || answer.User.Id != id)
        {
            AccountTrail.Add(db, http, id, AccountEventKind.SignInFailed, "passkey");
            await db.SaveChangesAsync(cancellationToken);
            return Refused();
        }
        var passkey = await db.Passkeys.SingleAsync(p => p.CredentialId == credential, cancellationToken);
        (passkey.LastUsedAt, passkey.SignCount, passkey.IsBackedUp, passkey.IsUserVerified) = (
            now,
            answer.Passkey.SignCount,
            answer.Passkey.IsBackedUp,
            answer.Passkey.IsUserVerified
        );
        await counter.GiveBackAsync(Attempts.ToForget(answer.User.NormalizedEmail!, http), cancellationToken);
        return TypedResults.Ok(await SignIn.OpenSessionAsync(db, answer.User, http, "passkey", now, cancellationToken));
    }

    private static async Task<Guid?> FindAsync(GpuGeekDbContext db, byte[] credential, CancellationToken cancellationToken) =>
        (
            await db.Database.SqlQuery<Guid?>($"SELECT id AS \"Value\" FROM user_for_passkey({credential})").ToListAsync(cancellationToken)
        ).FirstOrDefault();

    private static byte[]? CredentialId(string credential)
    {
        try
        {
            using var json = JsonDocument.Parse(credential);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("id", out var id)
                && id.ValueKind == JsonValueKind.String
                ? Base64Url.DecodeFromChars(id.GetString())
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            return null;
        }
    }

    private static ProblemHttpResult Refused() =>
        Problems.Unauthorized(
            "passkey_refused",
            "The passkey is unknown, or its response is for another site or request, or it came too late.",
            "Try again, or sign in with your password."
        );
}

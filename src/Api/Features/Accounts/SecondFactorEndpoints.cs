using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Accounts;

internal static class SecondFactorEndpoints
{
    public static void MapSecondFactor(this RouteGroupBuilder account)
    {
        account.MapPost("/second-factor", BeginAsync).SessionOnly().WithName("BeginSecondFactor");
        account
            .MapPost("/second-factor/confirm", ConfirmAsync)
            .SessionOnly()
            .RequireRateLimiting(RateLimits.SignIn)
            .WithName("ConfirmSecondFactor");
        account
            .MapPost("/second-factor/remove", RemoveAsync)
            .SessionOnly()
            .RequireRateLimiting(RateLimits.SignIn)
            .WithName("RemoveSecondFactor");
    }

    /// <summary>Start the set-up of a second factor: get the secret for an authenticator app</summary>
    private static async Task<Results<Ok<SecondFactorResponse>, ProblemHttpResult>> BeginAsync(
        Caller caller,
        IDbContexts contexts,
        SecondFactorSecrets secrets,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        var factor = await db.SecondFactors.FirstOrDefaultAsync(f => f.UserId == caller.User, cancellationToken);
        if (factor is { ConfirmedAt: not null })
            return Problems.Conflict(
                "second_factor_on",
                "The account already has a second factor.",
                "Turn it off first, to use another device."
            );
        var secret = SecondFactors.NewSecret();
        var box = secrets.Protect(caller.User, secret);
        if (factor is null)
            db.SecondFactors.Add(
                new()
                {
                    UserId = caller.User,
                    Secret = box,
                    CreatedAt = clock.GetUtcNow(),
                }
            );
        else
            (factor.Secret, factor.CreatedAt) = (box, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        var email = await db.Users.Where(u => u.Id == caller.User).Select(u => u.Email!).SingleAsync(cancellationToken);
        return TypedResults.Ok(
            new SecondFactorResponse(SecondFactors.Typed(secret), SecondFactors.Uri(secret, email, new Uri(options.Value.PublicUrl).Host))
        );
    }

    /// <summary>Turn on the second factor with a first code; the response has the recovery codes, shown only once, and all other sessions
    /// end</summary>
    private static async Task<Results<Ok<RecoveryCodesResponse>, ProblemHttpResult>> ConfirmAsync(
        ConfirmSecondFactorRequest request,
        Caller caller,
        HttpContext http,
        IDbContexts contexts,
        SecondFactorSecrets secrets,
        AttemptCounter counter,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        var factor = await db.SecondFactors.FirstOrDefaultAsync(f => f.UserId == caller.User, cancellationToken);
        if (factor is not { ConfirmedAt: null })
            return Problems.Conflict(
                "second_factor_not_begun",
                "No second factor is waiting for its first code.",
                "Start the set-up: POST /account/second-factor."
            );
        var now = clock.GetUtcNow();
        var limits = Attempts.OfCode(caller.User);
        if (await counter.CountAsync(limits, cancellationToken) is { } refusal)
            return Attempts.LockedOut(http, refusal);
        if (!SecondFactors.TakeCode(factor, secrets.Unprotect(caller.User, factor.Secret), request.Code, now))
            return Problems.Impossible(
                "wrong_code",
                "The code is incorrect.",
                "Check that the device's clock is right, and use the code it shows now."
            );
        await counter.GiveBackAsync(limits, cancellationToken);
        factor.ConfirmedAt = now;
        var codes = SecondFactors.Renew(factor);
        AccountTrail.Add(db, http, caller.User, AccountEventKind.SecondFactorOn);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await Sessions.RevokeAllAsync(db, caller.User, except: caller.Token, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(new RecoveryCodesResponse(codes));
    }

    /// <summary>Turn the second factor off</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        RemoveSecondFactorRequest request,
        Caller caller,
        HttpContext http,
        IDbContexts contexts,
        IPasswordHasher<ApplicationUser> hasher,
        AttemptCounter counter,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        var user = await db.Users.SingleAsync(u => u.Id == caller.User, cancellationToken);
        if (await counter.RefusePasswordAsync(http, caller, user, request.Password, hasher, cancellationToken) is { } wrong)
            return wrong;
        if (await db.SecondFactors.FirstOrDefaultAsync(f => f.UserId == caller.User, cancellationToken) is not { } factor)
            return TypedResults.NoContent();
        db.SecondFactors.Remove(factor);
        // A second factor that was never confirmed protects nothing.
        if (factor.ConfirmedAt is not null)
        {
            AccountTrail.Add(db, http, caller.User, AccountEventKind.SecondFactorOff);
            AccountTrail.Notify(db, http, user, MailKind.SecondFactorRemoved);
        }
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}

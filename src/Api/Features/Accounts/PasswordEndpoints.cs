using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

internal static class PasswordEndpoints
{
    public static void MapPasswords(this RouteGroupBuilder account)
    {
        account.MapPost("/password", ChangeAsync).SessionOnly().RequireRateLimiting(RateLimits.SignIn).WithName("ChangePassword");
        account.MapPost("/forgot-password", ForgotAsync).AllowAnonymous().RequireRateLimiting(RateLimits.Mail).WithName("ForgotPassword");
        account.MapPost("/reset-password", ResetAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithName("ResetPassword");
    }

    /// <summary>Change the password; all other sessions end</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeAsync(
        ChangePasswordRequest request,
        Caller caller,
        HttpContext http,
        IDbContexts contexts,
        IPasswordHasher<ApplicationUser> hasher,
        AttemptCounter counter,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        var user = await db.Users.SingleAsync(u => u.Id == caller.User, cancellationToken);
        if (await counter.RefusePasswordAsync(http, caller, user, request.CurrentPassword, hasher, cancellationToken) is { } wrong)
            return wrong;
        if (Passwords.Weakness(request.NewPassword, user.Email, user.DisplayName) is { } weakness)
            return Problems.Impossible("weak_password", weakness, "Choose a longer or less common one.");
        user.PasswordHash = hasher.HashPassword(user, request.NewPassword);
        AccountTrail.Add(db, http, user.Id, AccountEventKind.PasswordChanged);
        AccountTrail.Notify(db, http, user, MailKind.PasswordChanged);
        await SaveAsync(db, user.Id, except: caller.Token, clock.GetUtcNow(), cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Request a password reset link by email</summary>
    /// <remarks>
    /// The response and the work are the same whether the account exists or not: a worker looks up the account when it sends the mail. An
    /// account gets at most three links an hour.
    /// </remarks>
    private static async Task<Results<Accepted, ProblemHttpResult>> ForgotAsync(
        ForgotPasswordRequest request,
        HttpContext http,
        IDbContexts contexts,
        MailOutbox outbox,
        CancellationToken cancellationToken
    )
    {
        if (!outbox.IsOn)
            return Problems.Conflict(
                "mail_off",
                "This installation sends no email.",
                "Ask the operator for a link: they run GpuGeek.Api reset-password with your address."
            );
        await using var db = contexts.ForNobody();
        outbox.Add(db, new(MailKind.ResetLink, request.Email.Trim(), AccountTrail.Language(http), AccountTrail.Origin(http)));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>Set a new password with the token of a reset link; all sessions end</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> ResetAsync(
        ResetPasswordRequest request,
        HttpContext http,
        IDbContexts contexts,
        IPasswordHasher<ApplicationUser> hasher,
        AttemptCounter counter,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        // A password that is weak for everybody is refused before the link is consumed.
        if (Passwords.Weakness(request.NewPassword) is { } weakness)
            return Problems.Impossible("weak_password", weakness, "Choose a longer or less common one.");
        await using var nobody = contexts.ForNobody();
        if ((await OneTimeTokens.TakeAsync(nobody, request.Token, TokenKind.PasswordReset, now, cancellationToken)).User is not { } id)
            return Problems.Impossible("link_invalid", "The link was already used or has expired.", "Request a new one.");
        await using var db = contexts.ForUser(id);
        var user = await db.Users.SingleAsync(u => u.Id == id, cancellationToken);
        user.PasswordHash = hasher.HashPassword(user, request.NewPassword);
        AccountTrail.Add(db, http, id, AccountEventKind.PasswordReset);
        AccountTrail.Notify(db, http, user, MailKind.PasswordReset);
        await SaveAsync(db, id, except: null, now, cancellationToken);
        await counter.GiveBackAsync(Attempts.ToForget(user.NormalizedEmail!, http), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task SaveAsync(
        GpuGeekDbContext db,
        Guid user,
        Guid? except,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await Sessions.RevokeAllAsync(db, user, except, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

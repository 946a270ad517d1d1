using System.Reflection;
using GpuGeek.Api.Common;
using GpuGeek.Api.Common.Auth;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Identity;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Accounts;

internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/installation", GetInstallationAsync).AllowAnonymous().WithTags("Account").WithName("GetInstallation");
        var group = routes.MapGroup("/api/v1/account").WithTags("Account");
        group.MapPost("/register", Registration.RegisterAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).Idempotent().WithName("Register");
        group.MapPost("/sign-in", SignIn.SignInAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithName("SignIn");
        group.MapPost("/sign-in-link", SignIn.ByLinkAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithName("SignInByLink");
        group.MapPost("/sign-out", SignOutAsync).WithName("SignOut");
        group.MapPost("/reset-password", ResetPasswordAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithName("ResetPassword");
        group.MapSessions();
        group.MapSecondFactor();
        group.MapPost("/password", ChangePasswordAsync).SessionOnly().RequireRateLimiting(RateLimits.SignIn).WithName("ChangePassword");
        group.MapGet("/me", GetMeAsync).WithName("GetMe");
    }

    /// <summary>How the installation stands</summary>
    private static async Task<Ok<InstallationResponse>> GetInstallationAsync(IDbContexts contexts, IOptions<ApiOptions> options, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        var ready = await Registration.HasOperatorAsync(db, cancellationToken);
        var version = typeof(AccountEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        return TypedResults.Ok(new InstallationResponse(!ready, ready && options.Value.RegistrationOpen, version));
    }

    /// <summary>End this session</summary>
    private static async Task<NoContent> SignOutAsync(Caller caller, IDbContexts contexts, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForUser(caller.User);
        var now = clock.GetUtcNow();
        await db.Tokens.Where(t => t.Id == caller.Token && t.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Change the password; all other sessions end</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePasswordAsync(
        ChangePasswordRequest request, Caller caller, IDbContexts contexts, IPasswordHasher<ApplicationUser> hasher, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForUser(caller.User);
        var user = await db.Users.SingleAsync(u => u.Id == caller.User, cancellationToken);
        if (hasher.VerifyHashedPassword(user, user.PasswordHash!, request.CurrentPassword) == PasswordVerificationResult.Failed)
            return Problems.Impossible("wrong_password", "The current password is not right.");
        if (Passwords.Weakness(request.NewPassword, user.Email!) is { } weakness) return Problems.Impossible("weak_password", weakness, "Choose a longer or less common one.");
        user.PasswordHash = hasher.HashPassword(user, request.NewPassword);
        await db.SaveChangesAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await Sessions.RevokeAllAsync(db, caller.User, except: caller.Token, now, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Set a new password with a reset link's token; all sessions end</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> ResetPasswordAsync(
        ResetPasswordRequest request, IDbContexts contexts, IPasswordHasher<ApplicationUser> hasher, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // What is weak whoever it is for is refused before the link is used up.
        if (Passwords.Weakness(request.NewPassword, "") is { } weakness) return Problems.Impossible("weak_password", weakness, "Choose a longer or less common one.");
        await using var nobody = contexts.ForNobody();
        if ((await OneTimeTokens.TakeAsync(nobody, request.Token, TokenKind.PasswordReset, now, cancellationToken)).User is not { } id) return Problems.Impossible("link_invalid", "The link was used before or is too old.", "Ask the operator of the installation for a new one.");
        await using var db = contexts.ForUser(id);
        var user = await db.Users.SingleAsync(u => u.Id == id, cancellationToken);
        user.PasswordHash = hasher.HashPassword(user, request.NewPassword);
        (user.AccessFailedCount, user.LockoutEnd) = (0, null);
        await db.SaveChangesAsync(cancellationToken);
        await Sessions.RevokeAllAsync(db, id, except: null, now, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Who the token speaks for</summary>
    private static async Task<Ok<MeResponse>> GetMeAsync(Caller caller, IDbContexts contexts, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForUser(caller.User);
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == caller.User, cancellationToken);
        var memberships = await Sessions.MembershipsAsync(db, caller.User, cancellationToken);
        var second = await db.SecondFactors.AnyAsync(f => f.UserId == caller.User && f.ConfirmedAt != null, cancellationToken);
        return TypedResults.Ok(new MeResponse(Sessions.Response(user), caller.KeyOrg is null ? memberships : [], second));
    }
}

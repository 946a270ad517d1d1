using System.Reflection;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Accounts;

internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/installation", GetInstallationAsync).AllowAnonymous().WithTags("Account").WithName("GetInstallation");
        var group = routes.MapGroup("/api/v1/account").WithTags("Account");
        group
            .MapPost("/register", Registration.RegisterAsync)
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn)
            .Idempotent()
            .WithName("Register");
        group.MapPost("/sign-in", SignIn.SignInAsync).AllowAnonymous().WithName("SignIn");
        group.MapPost("/sign-in-link", SignIn.ByLinkAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithName("SignInByLink");
        group.MapPost("/sign-out", SignOutAsync).WithName("SignOut");
        group.MapPasswords();
        group.MapSessions();
        group.MapSecondFactor();
        group.MapEvents();
        group.MapPasskeys();
        group.MapGet("/me", GetMeAsync).WithName("GetMe");
    }

    /// <summary>Get public settings of the installation</summary>
    private static async Task<Ok<InstallationResponse>> GetInstallationAsync(
        IDbContexts contexts,
        IOptions<ApiOptions> options,
        MailOutbox mail,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForNobody();
        var ready = await Registration.HasOperatorAsync(db, cancellationToken);
        var version = typeof(AccountEndpoints)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
        return TypedResults.Ok(
            new InstallationResponse(
                !ready,
                ready && options.Value.RegistrationOpen,
                version,
                mail.IsOn,
                PasskeyRules.ArePossible(options.Value)
            )
        );
    }

    /// <summary>End this session</summary>
    private static async Task<NoContent> SignOutAsync(
        Caller caller,
        HttpContext http,
        IDbContexts contexts,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        if (await db.Tokens.FirstOrDefaultAsync(t => t.Id == caller.Token && t.RevokedAt == null, cancellationToken) is not { } row)
            return TypedResults.NoContent();
        row.RevokedAt = clock.GetUtcNow();
        AccountTrail.Add(db, http, caller.User, AccountEventKind.SignedOut);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Get the account of the token</summary>
    private static async Task<Ok<MeResponse>> GetMeAsync(
        Caller caller,
        IDbContexts contexts,
        IObjectStore store,
        IOptions<ApiOptions> options,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == caller.User, cancellationToken);
        var memberships = await Sessions.MembershipsAsync(db, caller.User, cancellationToken);
        var second = await db.SecondFactors.AnyAsync(f => f.UserId == caller.User && f.ConfirmedAt != null, cancellationToken);
        return TypedResults.Ok(
            new MeResponse(
                Sessions.Response(user),
                caller.KeyOrg is null ? memberships : [],
                second,
                options.Value.MayFound(caller.IsOperator),
                store.FreeBytes is 0
            )
        );
    }
}

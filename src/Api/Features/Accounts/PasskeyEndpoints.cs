using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Common;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace GpuGeek.Api.Features.Accounts;

internal static class PasskeyEndpoints
{
    private const int MaxPerAccount = 20;

    /// <summary>A person who has just signed in does not have to enter the password again.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    public static void MapPasskeys(this RouteGroupBuilder account)
    {
        account.MapGet("/passkeys", ListAsync).SessionOnly().WithName("ListPasskeys");
        account.MapPost("/passkeys/begin", BeginAsync).SessionOnly().RequireRateLimiting(RateLimits.SignIn).WithName("BeginPasskey");
        account.MapPost("/passkeys", AddAsync).SessionOnly().RequireRateLimiting(RateLimits.SignIn).Idempotent().WithName("AddPasskey");
        account.MapDelete("/passkeys/{passkey:guid}", RemoveAsync).SessionOnly().WithName("RemovePasskey");
        account
            .MapPost("/sign-in-passkey/begin", PasskeySignIn.BeginAsync)
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn)
            .WithName("BeginPasskeySignIn");
        account
            .MapPost("/sign-in-passkey", PasskeySignIn.SignInAsync)
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn)
            .WithName("SignInByPasskey");
    }

    /// <summary>List the account's passkeys, oldest first</summary>
    private static async Task<Ok<Page<PasskeyResponse>>> ListAsync(Caller caller, IDbContexts contexts, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForUser(caller.User);
        var rows = await db.Passkeys.AsNoTracking().Where(p => p.UserId == caller.User).OrderBy(p => p.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<PasskeyResponse>([.. rows.Select(Response)], null));
    }

    /// <summary>Start the registration of a passkey: get the options for the browser</summary>
    /// <remarks>Needs the password, unless the session began within the last ten minutes.</remarks>
    private static async Task<Results<Ok<PasskeyChallengeResponse>, ProblemHttpResult>> BeginAsync(
        BeginPasskeyRequest request,
        Caller caller,
        HttpContext http,
        IDbContexts contexts,
        IPasswordHasher<ApplicationUser> hasher,
        AttemptCounter counter,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!PasskeyRules.ArePossible(options.Value))
            return Impossible();
        var now = clock.GetUtcNow();
        await using var db = contexts.ForUser(caller.User);
        var user = await db.Users.SingleAsync(u => u.Id == caller.User, cancellationToken);
        if (request.Password is { Length: > 0 } password)
        {
            if (await counter.RefusePasswordAsync(http, caller, user, password, hasher, cancellationToken) is { } wrong)
                return wrong;
        }
        else if (now - (await db.Tokens.Where(t => t.Id == caller.Token).Select(t => t.CreatedAt).SingleAsync(cancellationToken)) > Recent)
        {
            return Problems.Impossible(
                "password_needed",
                "Adding a passkey without the password needs a session that is at most ten minutes old.",
                "Send the password, or sign in again."
            );
        }
        if (await db.Passkeys.CountAsync(p => p.UserId == user.Id, cancellationToken) >= MaxPerAccount)
            return Problems.Conflict(
                "passkey_limit",
                $"An account can have at most {MaxPerAccount} passkeys.",
                "Remove one that you no longer use."
            );
        var made = await Handler(db, http)
            .MakeCreationOptionsAsync(
                new()
                {
                    Id = user.Id.ToString(),
                    Name = user.Email!,
                    DisplayName = user.DisplayName,
                },
                http
            );
        return TypedResults.Ok(
            new PasskeyChallengeResponse(
                await PasskeyChallenges.KeepAsync(db, caller.Token.ToString(), user.Id, made.AttestationState!, now, cancellationToken),
                made.CreationOptionsJson
            )
        );
    }

    /// <summary>Register a passkey with the device's response</summary>
    private static async Task<Results<Created<PasskeyResponse>, ProblemHttpResult, EarlierAnswer>> AddAsync(
        AddPasskeyRequest request,
        Caller caller,
        HttpContext http,
        IDbContexts contexts,
        FirstAnswer first,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        await using var db = contexts.ForUser(caller.User);
        // Before the challenge, because the first request has consumed it.
        if (await first.LookAsync(db, cancellationToken) is { } earlier)
            return earlier;
        if (
            await PasskeyChallenges.TakeAsync(db, request.Challenge, caller.Token.ToString(), caller.User, now, cancellationToken)
            is not { } state
        )
            return Refused();
        var answer = await Handler(db, http)
            .PerformAttestationAsync(
                new()
                {
                    HttpContext = http,
                    CredentialJson = request.Credential,
                    AttestationState = state,
                }
            );
        if (!answer.Succeeded || answer.UserEntity.Id != caller.User.ToString())
            return Refused();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await first.FindAsync(db, cancellationToken) is { } running)
            return running;
        var user = await db.Users.SingleAsync(u => u.Id == caller.User, cancellationToken);
        var passkey = Row(answer.Passkey, user.Id, request.Name.Trim(), now);
        db.Passkeys.Add(passkey);
        AccountTrail.Add(db, http, user.Id, AccountEventKind.PasskeyAdded, passkey.Name);
        AccountTrail.Notify(db, http, user, MailKind.PasskeyAdded, passkey.Name);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure)
            when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return Refused();
        }
        var created = TypedResults.Created($"/api/v1/account/passkeys/{passkey.Id}", Response(passkey));
        await first.KeepAsync(db, created, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return created;
    }

    /// <summary>Remove a passkey; it can no longer sign in</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        Guid passkey,
        Caller caller,
        HttpContext http,
        IDbContexts contexts,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        if (await db.Passkeys.FirstOrDefaultAsync(p => p.Id == passkey && p.UserId == caller.User, cancellationToken) is not { } row)
            return Problems.NotFound();
        db.Passkeys.Remove(row);
        AccountTrail.Add(db, http, caller.User, AccountEventKind.PasskeyRemoved, row.Name);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Identity's handler for the person whose context this is.</summary>
    public static PasskeyHandler<ApplicationUser> Handler(GpuGeekDbContext db, HttpContext http)
    {
        var services = http.RequestServices;
        var users = new UserManager<ApplicationUser>(
            new PasskeyStore(db),
            Options.Create(new IdentityOptions()),
            services.GetRequiredService<IPasswordHasher<ApplicationUser>>(),
            [],
            [],
            new UpperInvariantLookupNormalizer(),
            new IdentityErrorDescriber(),
            services,
            services.GetRequiredService<ILogger<UserManager<ApplicationUser>>>()
        );
        return new(users, services.GetRequiredService<IOptions<IdentityPasskeyOptions>>());
    }

    public static ProblemHttpResult Impossible() =>
        Problems.Conflict(
            "passkeys_impossible",
            "Browsers accept passkeys only for an https address with a domain name.",
            "Ask the operator to provide such an address and set GPUGEEK_PUBLIC_URL to it."
        );

    private static ProblemHttpResult Refused() =>
        Problems.Impossible(
            "passkey_refused",
            "The response of the device is invalid: it is for another site, person or request, or it came too late.",
            "Try again."
        );

    private static Passkey Row(UserPasskeyInfo made, Guid user, string name, DateTimeOffset now) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            UserId = user,
            CredentialId = made.CredentialId,
            PublicKey = made.PublicKey,
            Name = name,
            CreatedAt = now,
            SignCount = made.SignCount,
            Transports = made.Transports ?? [],
            IsUserVerified = made.IsUserVerified,
            IsBackupEligible = made.IsBackupEligible,
            IsBackedUp = made.IsBackedUp,
            AttestationObject = made.AttestationObject,
            ClientDataJson = made.ClientDataJson,
        };

    private static PasskeyResponse Response(Passkey p) => new(p.Id, p.Name, p.CreatedAt, p.LastUsedAt, p.IsBackedUp);
}

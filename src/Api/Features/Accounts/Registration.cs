using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace GpuGeek.Api.Features.Accounts;

internal static class Registration
{
    public static Task<bool> HasOperatorAsync(GpuGeekDbContext db, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<bool>($"SELECT has_operator() AS \"Value\"").SingleAsync(cancellationToken);

    /// <summary>Register a person and their organisation</summary>
    /// <remarks>Until there is an operator, this needs the token of the setup link. After that it depends on the installation.</remarks>
    public static async Task<Results<Created<SessionResponse>, ProblemHttpResult, EarlierAnswer>> RegisterAsync(
        RegisterRequest request,
        HttpContext http,
        IDbContexts contexts,
        FirstAnswer first,
        IPasswordHasher<ApplicationUser> hasher,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (Passwords.Weakness(request.Password, request.Email, request.DisplayName, request.Organization) is { } weakness)
            return Problems.Impossible("weak_password", weakness, "Choose a longer or less common one.");
        // Before any check of state that the first request has changed: it has consumed the invitation or the setup token.
        await using (var nobody = contexts.ForNobody())
            if (await first.LookAsync(nobody, cancellationToken) is { } earlier)
                return earlier;
        var now = clock.GetUtcNow();
        var user = NewUser(request, now);
        if (request.Invitation is { } invitation)
            return await JoinAsync(request, invitation, user, http, contexts, first, hasher, now, cancellationToken);
        if (request.Organization?.Trim() is not { Length: > 0 } name)
            return Problems.Impossible(
                "organization_missing",
                "The name of the new organisation is missing.",
                "Send its name, or the token of an invitation."
            );
        await using var db = contexts.ForUser(user.Id);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await first.FindAsync(db, cancellationToken) is { } running)
            return running;
        if (await AdmitAsync(request, user, db, options.Value, now, cancellationToken) is { } refusal)
            return refusal;
        if (await IsTakenAsync(db, user, cancellationToken))
            return EmailTaken();
        // Slow on purpose, so it runs only for the one of several equal requests that continues.
        user.PasswordHash = hasher.HashPassword(user, request.Password);
        db.Add(user);
        var org = await OrganizationCreation.CreateAsync(db, Guid.CreateVersion7(now), user.Id, name, now, cancellationToken);
        return await OpenAsync(db, transaction, first, user, new(org.Slug, org.Name, "owner"), http, now, cancellationToken);
    }

    /// <summary>An invited person does not need open registration and gets no organisation of their own.</summary>
    private static async Task<Results<Created<SessionResponse>, ProblemHttpResult, EarlierAnswer>> JoinAsync(
        RegisterRequest request,
        string token,
        ApplicationUser user,
        HttpContext http,
        IDbContexts contexts,
        FirstAnswer first,
        IPasswordHasher<ApplicationUser> hasher,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await InvitationLookup.FindAsync(contexts, token, now, cancellationToken) is not { } invitation)
            return InvitationLookup.Invalid();
        await using var db = contexts.ForOrg(invitation.OrgId, user.Id);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await first.FindAsync(db, cancellationToken) is { } running)
            return running;
        if (await IsTakenAsync(db, user, cancellationToken))
            return EmailTaken();
        user.PasswordHash = hasher.HashPassword(user, request.Password);
        db.Users.Add(user);
        if (!await InvitationLookup.AcceptAsync(db, invitation, user, http, cancellationToken))
            return InvitationLookup.Invalid();
        return await OpenAsync(
            db,
            transaction,
            first,
            user,
            new(invitation.OrgSlug, invitation.OrgName, invitation.Role),
            http,
            now,
            cancellationToken
        );
    }

    private static async Task<Results<Created<SessionResponse>, ProblemHttpResult, EarlierAnswer>> OpenAsync(
        GpuGeekDbContext db,
        IDbContextTransaction transaction,
        FirstAnswer first,
        ApplicationUser user,
        MembershipResponse membership,
        HttpContext http,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (token, expiresAt) = Sessions.Add(db, user.Id, http, now);
        AccountTrail.Add(db, http, user.Id, AccountEventKind.Registered);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure)
            when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return EmailTaken();
        }
        var session = new SessionResponse(token, expiresAt, Sessions.Response(user), [membership])
        {
            Device = KnownDevice.Renew(http.RequestServices.GetRequiredService<SignInTickets>(), null, user, now),
        };
        var created = TypedResults.Created("/api/v1/account/me", session);
        await first.KeepAsync(db, created, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return created;
    }

    private static Task<bool> IsTakenAsync(GpuGeekDbContext db, ApplicationUser user, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM user_for_sign_in({user.NormalizedEmail})").AnyAsync(cancellationToken);

    private static async Task<ProblemHttpResult?> AdmitAsync(
        RegisterRequest request,
        ApplicationUser user,
        GpuGeekDbContext db,
        ApiOptions options,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var hasOperator = await HasOperatorAsync(db, cancellationToken);
        if (request.SetupToken is { } setup)
        {
            var (taken, _) = await OneTimeTokens.TakeAsync(db, setup, TokenKind.Setup, now, cancellationToken);
            if (hasOperator || !taken)
                return Problems.Impossible(
                    "setup_token_invalid",
                    "The setup link is no longer valid.",
                    "Use the newest link that the server printed at its start."
                );
            user.IsOperator = true;
            return null;
        }
        if (hasOperator && options.RegistrationOpen)
            return null;
        return Problems.Forbidden(
            "registration_closed",
            "Registration is closed on this installation.",
            hasOperator ? "Ask for an invitation." : "Use the link that the server printed at its start."
        );
    }

    private static ApplicationUser NewUser(RegisterRequest request, DateTimeOffset now)
    {
        var email = request.Email.Trim();
        return new()
        {
            Id = Guid.CreateVersion7(now),
            Email = email,
            NormalizedEmail = SignIn.Normalize(email),
            UserName = email,
            NormalizedUserName = SignIn.Normalize(email),
            DisplayName = request.DisplayName.Trim(),
            CreatedAt = now,
        };
    }

    private static ProblemHttpResult EmailTaken() =>
        Problems.Conflict("email_taken", "An account with this email address already exists.", "Sign in instead.");
}

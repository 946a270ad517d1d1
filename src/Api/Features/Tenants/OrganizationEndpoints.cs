using System.Text.Json;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Tenants;

internal static class OrganizationEndpoints
{
    private const int MaxOwned = 20;

    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/orgs", ListAsync).WithTags("Organisations").WithName("ListOrganizations");
        routes.MapPost("/api/v1/orgs", CreateAsync).SessionOnly().Idempotent().WithTags("Organisations").WithName("CreateOrganization");
        var group = routes.MapOrg().WithTags("Organisations");
        group.MapGet("", GetAsync).Needs(Role.Viewer, Scopes.OrgAdmin).WithName("GetOrganization");
        group.MapPatch("", UpdateAsync).Needs(Role.Owner, null).WithName("UpdateOrganization");
        routes.MapKeys();
        routes.MapMembers();
        routes.MapInvitations();
        routes.MapAudit();
    }

    /// <summary>List the caller's organisations</summary>
    private static async Task<Ok<Page<OrganizationResponse>>> ListAsync(
        Caller caller,
        IDbContexts contexts,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.ForUser(caller.User);
        var rows = await (
            from member in db.Members
            join org in db.Organizations on member.OrgId equals org.Id
            where member.UserId == caller.User && (caller.KeyOrg == null || caller.KeyOrg == org.Id)
            orderby org.Name
            select new { org, member.Role }
        ).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<OrganizationResponse>([.. rows.Select(r => Response(r.org, r.Role))], null));
    }

    /// <summary>Get an organisation</summary>
    private static async Task<Ok<OrganizationResponse>> GetAsync(Tenant tenant, GpuGeekDbContext db, CancellationToken cancellationToken) =>
        TypedResults.Ok(
            Response(await db.Organizations.AsNoTracking().SingleAsync(o => o.Id == tenant.OrgId, cancellationToken), tenant.Role)
        );

    /// <summary>Create an organisation; the caller becomes its owner</summary>
    private static async Task<Results<Created<OrganizationResponse>, ProblemHttpResult, EarlierAnswer>> CreateAsync(
        CreateOrganizationRequest request,
        HttpContext http,
        Caller caller,
        IDbContexts contexts,
        FirstAnswer first,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!options.Value.MayFound(caller.IsOperator))
            return Problems.Forbidden(
                "registration_closed",
                "This installation does not allow new organisations.",
                "Ask for an invitation, or ask the operator to create one for you."
            );
        if (request.Name.Trim() is not { Length: > 0 } name)
            return Problems.Impossible("organization_missing", "The name of the new organisation is missing.", "Send its name.");
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var db = contexts.ForOrg(id, caller.User);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await first.FindAsync(db, cancellationToken) is { } earlier)
            return earlier;
        // Two requests at once would both find room for one more.
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended({"founding:" + caller.User}, 0))",
            cancellationToken
        );
        if (await db.Members.CountAsync(m => m.UserId == caller.User && m.Role == Role.Owner, cancellationToken) >= MaxOwned)
            return Problems.Impossible(
                "organization_limit",
                $"A person can own at most {MaxOwned} organisations.",
                "Delete one, or make somebody else its owner."
            );
        var org = await OrganizationCreation.CreateAsync(db, id, caller.User, name, now, cancellationToken);
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == caller.User, cancellationToken);
        db.AuditEntries.Add(
            AuditTrail.Entry(
                http,
                id,
                user.Id,
                user.DisplayName,
                user.Email!,
                null,
                "organization.create",
                "",
                JsonSerializer.Serialize(request, JsonSerializerOptions.Web)
            )
        );
        await db.SaveChangesAsync(cancellationToken);
        var created = TypedResults.Created($"/api/v1/orgs/{org.Slug}", Response(org, Role.Owner));
        await first.KeepAsync(db, created, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return created;
    }

    /// <summary>Rename an organisation; its slug does not change</summary>
    private static async Task<Ok<OrganizationResponse>> UpdateAsync(
        UpdateOrganizationRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        var org = await db.Organizations.SingleAsync(o => o.Id == tenant.OrgId, cancellationToken);
        if (request.Name?.Trim() is { Length: > 0 } name)
            org.Name = name;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(Response(org, tenant.Role));
    }

    private static OrganizationResponse Response(Organization org, Role role) =>
        new(org.Id, org.Slug, org.Name, org.PlanCode, role.ToString().ToLowerInvariant(), org.CreatedAt);
}

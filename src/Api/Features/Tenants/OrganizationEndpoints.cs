using GpuGeek.Api.Common.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Tenants;

internal static class OrganizationEndpoints
{
    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/orgs", ListAsync).WithTags("Organisations").WithName("ListOrganizations");
        routes.MapOrg().WithTags("Organisations").MapGet("", GetAsync).Needs(Role.Viewer, Scopes.OrgAdmin).WithName("GetOrganization");
        routes.MapKeys();
        routes.MapMembers();
        routes.MapInvitations();
        routes.MapAudit();
    }

    /// <summary>The caller's organisations</summary>
    private static async Task<Ok<Page<OrganizationResponse>>> ListAsync(Caller caller, IDbContexts contexts, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForUser(caller.User);
        var rows = await (from member in db.Members
                          join org in db.Organizations on member.OrgId equals org.Id
                          where member.UserId == caller.User && (caller.KeyOrg == null || caller.KeyOrg == org.Id)
                          orderby org.Name
                          select new { org, member.Role }).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<OrganizationResponse>([.. rows.Select(r => Response(r.org, r.Role))], null));
    }

    /// <summary>One organisation</summary>
    private static async Task<Ok<OrganizationResponse>> GetAsync(Tenant tenant, GpuGeekDbContext db, CancellationToken cancellationToken) =>
        TypedResults.Ok(Response(await db.Organizations.AsNoTracking().SingleAsync(o => o.Id == tenant.OrgId, cancellationToken), tenant.Role));

    private static OrganizationResponse Response(Organization org, Role role) => new(org.Id, org.Slug, org.Name, org.PlanCode, role.ToString().ToLowerInvariant(), org.CreatedAt);
}

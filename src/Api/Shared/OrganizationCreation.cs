using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Creates an organisation with its first owner, at registration or for a registered person.</summary>
internal static class OrganizationCreation
{
    /// <summary>Saves the organisation with the person as its owner; the caller commits.</summary>
    /// <param name="db">A context of the person, in a transaction. The person's row is saved or added.</param>
    public static async Task<Organization> CreateAsync(
        GpuGeekDbContext db,
        Guid org,
        Guid user,
        string name,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var row = new Organization
        {
            Id = org,
            Slug = await FreeSlugAsync(db, name, cancellationToken),
            Name = name,
            PlanCode = Plan.Trial,
            CreatedAt = now,
        };
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        db.Members.Add(
            new()
            {
                OrgId = org,
                UserId = user,
                Role = Role.Owner,
                JoinedAt = now,
            }
        );
        await db.SaveChangesAsync(cancellationToken);
        return row;
    }

    private static async Task<string> FreeSlugAsync(GpuGeekDbContext db, string name, CancellationToken cancellationToken)
    {
        var basis = Slug.From(name, "org");
        for (var i = 1; ; i++)
        {
            var slug = Slug.Numbered(basis, i);
            if (
                !Organization.IsReserved(slug)
                && !await db.Database.SqlQuery<bool>($"SELECT slug_taken({slug}) AS \"Value\"").SingleAsync(cancellationToken)
            )
                return slug;
        }
    }
}

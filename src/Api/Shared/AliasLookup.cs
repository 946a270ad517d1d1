using GpuGeek.Domain.Models;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>What an alias means, read so that it cannot move before the transaction ends.</summary>
internal static class AliasLookup
{
    /// <summary>Whoever moves an alias locks its model; whoever makes something follow one, shares the lock.</summary>
    /// <returns>Null: the model has no such alias.</returns>
    public static async Task<ModelVersion?> FollowAsync(
        GpuGeekDbContext db,
        Guid org,
        string model,
        string alias,
        CancellationToken cancellationToken
    )
    {
        await db.Database.ExecuteSqlAsync(
            $"SELECT 1 FROM models WHERE org_id = {org} AND name = {model} AND deletion_id IS NULL FOR SHARE",
            cancellationToken
        );
        return await (
            from a in db.ModelAliases
            join m in db.Models on a.ModelId equals m.Id
            join v in db.ModelVersions on a.ModelVersionId equals v.Id
            where m.Name == model && a.Name == alias
            select v
        ).FirstOrDefaultAsync(cancellationToken);
    }
}

using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Features.Deletions;

/// <summary>Hides what goes, stops what is under way in it, and brings it back.</summary>
internal static class Deletions
{
    /// <summary>Hides everything that goes; the caller commits.</summary>
    /// <param name="db">In a transaction that holds <see cref="PlanGate.LockAsync"/>, as whoever starts a run or an endpoint does while
    /// looking for the project: nothing is begun in what has just gone.</param>
    /// <returns>The runs that were asked to stop.</returns>
    public static async Task<List<Run>> HideAsync(
        GpuGeekDbContext db,
        DeletionScope doomed,
        Tenant tenant,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var canceled = await RunCancellation.RequestAsync(db, doomed.Canceled, now, cancellationToken);
        await ImportCancellation.RequestAsync(doomed.ActiveImports(db), now, cancellationToken);
        var deletion = new Deletion
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            Kind = doomed.Kind,
            TargetId = doomed.Target,
            Name = doomed.Name,
            RequestedBy = tenant.UserId,
            RequestedAt = now,
            PurgeAt = now + Deletion.Grace,
            RequestedByName = await db.Users.Where(u => u.Id == tenant.UserId).Select(u => u.DisplayName).SingleAsync(cancellationToken),
        };
        db.Deletions.Add(deletion);
        await db.SaveChangesAsync(cancellationToken);
        // Innermost first: a query that asks for the project of a dataset must still see it.
        await MarkAsync(doomed.Deployments, deletion.Id, cancellationToken);
        await MarkAsync(doomed.Models, deletion.Id, cancellationToken);
        await MarkAsync(doomed.Runs, deletion.Id, cancellationToken);
        await MarkAsync(doomed.Datasets, deletion.Id, cancellationToken);
        await MarkAsync(doomed.Projects, deletion.Id, cancellationToken);
        if (doomed.Kind == DeletionKind.Organization)
            await MarkAsync(db.Organizations.Where(o => o.Id == tenant.OrgId), deletion.Id, cancellationToken);
        return canceled;
    }

    /// <summary>Still to be undone at that moment, and kept so until the transaction ends: the purge waits.</summary>
    public static async Task<Deletion?> FindAsync(
        GpuGeekDbContext db,
        Guid deletion,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM deletions WHERE id = {deletion} FOR UPDATE", cancellationToken);
        return await db.Deletions.FirstOrDefaultAsync(d => d.Id == deletion && d.PurgeAt > now, cancellationToken);
    }

    /// <summary>Brings everything back that this deletion took; what was deleted by itself before stays deleted. The caller
    /// commits.</summary>
    /// <returns>False when a name is taken by something made since.</returns>
    public static async Task<bool> RestoreAsync(GpuGeekDbContext db, Deletion deletion, CancellationToken cancellationToken)
    {
        try
        {
            await UnmarkAsync(db.Organizations, deletion.Id, cancellationToken);
            await UnmarkAsync(db.Projects, deletion.Id, cancellationToken);
            await UnmarkAsync(db.Datasets, deletion.Id, cancellationToken);
            await UnmarkAsync(db.Runs, deletion.Id, cancellationToken);
            await UnmarkAsync(db.Models, deletion.Id, cancellationToken);
            await UnmarkAsync(db.Deployments, deletion.Id, cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
        db.Deletions.Remove(deletion);
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    private static Task<int> MarkAsync<T>(IQueryable<T> rows, Guid deletion, CancellationToken cancellationToken)
        where T : class, IDeletable => rows.ExecuteUpdateAsync(set => set.SetProperty(row => row.DeletionId, deletion), cancellationToken);

    private static Task<int> UnmarkAsync<T>(DbSet<T> rows, Guid deletion, CancellationToken cancellationToken)
        where T : class, IDeletable =>
        rows.IncludeDeleted()
            .Where(row => row.DeletionId == deletion)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DeletionId, (Guid?)null), cancellationToken);
}

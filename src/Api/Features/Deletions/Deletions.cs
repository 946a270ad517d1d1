using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Features.Deletions;

/// <summary>Hides deleted rows, stops the work on them, and restores them.</summary>
internal static class Deletions
{
    /// <summary>Hides all rows of a deletion; the caller commits.</summary>
    /// <param name="db">In a transaction that holds <see cref="PlanGate.LockAsync"/>. Starting a run or an endpoint holds the same lock
    /// while it reads the project, so nothing is started in a deleted project.</param>
    /// <returns>The runs that were requested to stop.</returns>
    public static async Task<List<Run>> HideAsync(
        GpuGeekDbContext db,
        DeletionScope doomed,
        Tenant tenant,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var canceled = await RunCancellation.RequestAsync(db, doomed.Canceled, now, cancellationToken);
        await ImportCancellation.EndUploadsAsync(doomed.Imports(db), now, cancellationToken);
        await JobChanges.CancelAsync(doomed.ActiveJobs(db), cancellationToken);
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
            RequestedByName = await db.NameAsync(tenant.UserId, cancellationToken),
        };
        db.Deletions.Add(deletion);
        await db.SaveChangesAsync(cancellationToken);
        // Innermost first: a query for the project of a dataset must still see the project.
        await MarkAsync(doomed.Deployments, deletion.Id, cancellationToken);
        await MarkAsync(doomed.Models, deletion.Id, cancellationToken);
        await MarkAsync(doomed.Runs, deletion.Id, cancellationToken);
        await MarkAsync(doomed.Datasets, deletion.Id, cancellationToken);
        await MarkAsync(doomed.Projects, deletion.Id, cancellationToken);
        if (doomed.Kind == DeletionKind.Organization)
            await MarkAsync(db.Organizations.Where(o => o.Id == tenant.OrgId), deletion.Id, cancellationToken);
        return canceled;
    }

    /// <summary>Locks the deletion if it can still be undone, until the transaction ends: the purge waits.</summary>
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

    /// <summary>Restores everything that this deletion has hidden. Items that were deleted separately before stay deleted. The caller
    /// commits.</summary>
    /// <returns>False if a newer item has taken a name.</returns>
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

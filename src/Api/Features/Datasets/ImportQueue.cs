using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Uploads;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>The end of an upload: all bytes have arrived, and a worker may read them.</summary>
internal static class ImportQueue
{
    /// <param name="bytes">Size of the archive as it arrived.</param>
    /// <param name="parts">Names of its stored parts in their order; empty: it is one object.</param>
    /// <returns>The queued import; null: it was cancelled, ended or taken over in the meantime.</returns>
    public static async Task<ImportWithJob?> AddAsync(
        UploadClaim<Import> claim,
        Import row,
        long bytes,
        Guid[] parts,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var queued = await claim.Held.ExecuteUpdateAsync(
            set =>
                set.SetProperty(i => i.State, UploadState.Received)
                    .SetProperty(i => i.Size, bytes)
                    .SetProperty(i => i.Received, bytes)
                    .SetProperty(i => i.Parts, parts)
                    .SetProperty(i => i.UploadClaim, (Guid?)null),
            CancellationToken.None
        );
        if (queued == 0)
            return null;
        var address = ImportMapping.Address(tenant.Slug, row);
        db.AuditEntries.Add(await AuditTrail.EntryAsync(http, db, null, address, CancellationToken.None));
        var import = await db.Imports.AsNoTracking().SingleAsync(i => i.Id == row.Id, CancellationToken.None);
        var project = await ImportMapping.ProjectAsync(db, row.DatasetId, CancellationToken.None);
        var job = Job.Of(import, project, tenant.UserId, clock.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return new(import, job);
    }

    /// <summary>An import that needs no bytes.</summary>
    /// <returns>Its address, and what it is now.</returns>
    public static async Task<(string Address, ImportResponse Import)> AddAsync(
        Import row,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        db.Imports.Add(row);
        var project = await ImportMapping.ProjectAsync(db, row.DatasetId, cancellationToken);
        var job = Job.Of(row, project, tenant.UserId, clock.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        return (ImportMapping.Address(tenant.Slug, row), new ImportWithJob(row, job).ToResponse(tenant.Slug, []));
    }
}

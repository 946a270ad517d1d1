using GpuGeek.Api.Http.Auth;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>An archive that somebody wants to upload.</summary>
/// <param name="Bytes">Its size; null: unknown, so it is counted as it arrives.</param>
internal sealed record ArchiveRequest(Guid Dataset, string Name, long? Bytes, string? Fingerprint)
{
    public ImportReview Review { get; init; }
    public OnExisting OnExisting { get; init; }
    public bool Unlabelled { get; init; }

    /// <summary>Reserves space in the plan and adds the import, which then expects its bytes.</summary>
    /// <param name="db">In a transaction.</param>
    /// <exception cref="Domain.Common.DomainException"><c>plan_limit</c>, <c>too_large</c> or <c>disk_full</c>.</exception>
    public async Task<Import> AddAsync(
        GpuGeekDbContext db,
        IObjectStore store,
        Tenant tenant,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        await Admission.CheckAsync(db, store, tenant.OrgId, Bytes ?? 1, counted: 0, stored: 0, cancellationToken);
        var now = clock.GetUtcNow();
        var import = new Import
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            DatasetId = Dataset,
            Source = ImportSource.Upload,
            FileName = Name,
            Size = Bytes ?? 0,
            UploaderId = tenant.UserId,
            Fingerprint = Fingerprint,
            Review = Review,
            OnExisting = OnExisting,
            Unlabelled = Unlabelled,
            CreatedAt = now,
        };
        db.Imports.Add(import);
        await db.SaveChangesAsync(cancellationToken);
        return import;
    }
}

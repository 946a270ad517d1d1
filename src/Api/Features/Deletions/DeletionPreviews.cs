using GpuGeek.Contracts.Deletions;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Deletions;

/// <summary>Counts what a deletion affects.</summary>
internal static class DeletionPreviews
{
    public static async Task<DeletionPreviewResponse> ReadAsync(
        GpuGeekDbContext db,
        DeletionScope doomed,
        CancellationToken cancellationToken
    )
    {
        var whole = doomed.Kind == DeletionKind.Organization;
        var images = db.DatasetImages.Where(i => doomed.Datasets.Any(d => d.Id == i.DatasetId));
        return new(
            Kind(doomed.Kind),
            doomed.Name,
            (int)Deletion.Grace.TotalDays,
            await doomed.Projects.CountAsync(cancellationToken),
            await doomed.Datasets.CountAsync(cancellationToken),
            await images.CountAsync(cancellationToken),
            await images.SumAsync(i => i.Bytes, cancellationToken),
            await db.DatasetVersions.CountAsync(v => doomed.Datasets.Any(d => d.Id == v.DatasetId), cancellationToken),
            await doomed.Runs.CountAsync(cancellationToken),
            await doomed.Canceled.CountAsync(cancellationToken),
            await doomed.ActiveImports(db).CountAsync(cancellationToken),
            await db.ModelVersions.CountAsync(v => doomed.Models.Any(m => m.Id == v.ModelId), cancellationToken),
            await doomed.Deployments.OrderBy(d => d.Name).Select(d => d.Name).ToListAsync(cancellationToken),
            whole ? await db.Members.CountAsync(m => m.OrgId == doomed.Target, cancellationToken) : 0,
            whole
                ? await db.Tokens.CountAsync(
                    t => t.OrgId == doomed.Target && t.Kind == TokenKind.ApiKey && t.RevokedAt == null,
                    cancellationToken
                )
                : 0,
            doomed.Kind == DeletionKind.Dataset ? await DeletionScope.LearnedFrom(db, doomed.Target).CountAsync(cancellationToken) : 0
        );
    }

    public static DeletionResponse ToResponse(this Deletion d) =>
        new(d.Id, Kind(d.Kind), d.TargetId, d.Name, d.RequestedByName, d.RequestedAt, d.PurgeAt);

    private static string Kind(DeletionKind kind) => kind.ToString().ToLowerInvariant();
}

using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>The way back to a version.</summary>
internal static class VersionRestoreEndpoint
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets
            .MapPost("/{dataset:guid}/versions/{version:guid}/restore", RestoreAsync)
            .Needs(Role.Editor, Scopes.DatasetsWrite)
            .Idempotent()
            .WithTags("Versions")
            .WithName("RestoreVersion");

    /// <summary>Restore a version: make the dataset what it was</summary>
    /// <remarks>
    /// Removed pictures come back, all pictures of the version get its classes, splits and groups, and the others are archived, not
    /// removed. A version created then has the same manifest hash. It is an import with the source <c>version</c>: <c>GET
    /// …/imports/{import}?wait=30</c>. What it changes of pictures that the dataset has can be undone for a day, if these are at most
    /// 200,000.
    /// </remarks>
    private static async Task<Results<Accepted<ImportResponse>, ProblemHttpResult>> RestoreAsync(
        Guid dataset,
        Guid version,
        Tenant tenant,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var number = await db
            .DatasetVersions.Where(v => v.DatasetId == dataset && v.Id == version)
            .Select(v => (int?)v.Number)
            .FirstOrDefaultAsync(cancellationToken);
        if (number is null)
            return Problems.NotFound();
        var now = clock.GetUtcNow();
        var restore = new Import
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            DatasetId = dataset,
            Source = ImportSource.Version,
            VersionId = version,
            FileName = $"v{number}",
            State = UploadState.Received,
            CreatedAt = now,
        };
        var (address, queued) = await ImportQueue.AddAsync(restore, tenant, db, clock, cancellationToken);
        change.AfterCommit(live.JobQueuedAsync);
        change.AfterCommit(() => live.ImportChangedAsync(tenant.OrgId, dataset));
        return TypedResults.Accepted(address, queued);
    }
}

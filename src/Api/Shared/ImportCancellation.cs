using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Requests the cancellation of imports: one by id, or all into deleted datasets.</summary>
internal static class ImportCancellation
{
    /// <returns>Number of imports that had neither ended nor been cancelled before.</returns>
    public static async Task<int> RequestAsync(
        GpuGeekDbContext db,
        IQueryable<Import> imports,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // No job exists yet while it is uploading, so it ends here. Of the upload's end and this statement, the first one wins: then the
        // job exists for the second statement.
        var sending = await imports
            .Where(i => i.State == UploadState.Uploading)
            .ExecuteUpdateAsync(
                set => set.SetProperty(i => i.State, UploadState.Canceled).SetProperty(i => i.StoppedAt, now),
                cancellationToken
            );
        return sending + await JobChanges.CancelAsync(db.Jobs.Where(j => imports.Any(i => i.Id == j.Id)), cancellationToken);
    }
}

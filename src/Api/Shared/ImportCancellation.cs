using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Cancels imports that are still uploading. Those that have arrived are cancelled as jobs, by <see cref="JobChanges"/>.</summary>
internal static class ImportCancellation
{
    /// <summary>No job exists while an import is uploading, so it ends here. Of the upload's end and this statement, the first one wins:
    /// then the job exists for the statement that cancels jobs, which must come next.</summary>
    /// <returns>Number of imports that ended.</returns>
    public static Task<int> EndUploadsAsync(IQueryable<Import> imports, DateTimeOffset now, CancellationToken cancellationToken) =>
        imports
            .Where(i => i.State == UploadState.Uploading)
            .ExecuteUpdateAsync(
                set => set.SetProperty(i => i.State, UploadState.Canceled).SetProperty(i => i.StoppedAt, now),
                cancellationToken
            );
}

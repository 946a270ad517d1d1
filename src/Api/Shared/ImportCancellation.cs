using GpuGeek.Domain.Datasets;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Requests the cancellation of imports: one by id, or all into deleted datasets.</summary>
internal static class ImportCancellation
{
    /// <summary>SQL statements, not loaded rows: the worker writes the same rows all the time, and neither may overwrite the
    /// other.</summary>
    /// <returns>Number of imports that had neither ended nor been cancelled before.</returns>
    public static async Task<int> RequestAsync(IQueryable<Import> imports, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // No worker has an import that is still uploading, so it ends here.
        var sending = await imports
            .Where(i => i.State == ImportState.Uploading)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.State, ImportState.Canceled)
                        .SetProperty(i => i.FinishedAt, now)
                        .SetProperty(i => i.CancelRequested, true),
                cancellationToken
            );
        return sending
            + await imports
                .Where(i => i.FinishedAt == null && !i.CancelRequested)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.CancelRequested, true), cancellationToken);
    }
}

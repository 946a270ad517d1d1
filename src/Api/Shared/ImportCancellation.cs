using GpuGeek.Domain.Datasets;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Asks imports to stop: one by name, or all into what is deleted.</summary>
internal static class ImportCancellation
{
    /// <summary>Statements, not loaded rows: the worker writes the same rows all the time, and neither may undo the other.</summary>
    /// <returns>How many had not ended and had not been asked before.</returns>
    public static async Task<int> RequestAsync(IQueryable<Import> imports, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Nobody works on what is still being sent: it ends here.
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

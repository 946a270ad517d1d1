using GpuGeek.Domain.Common;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Worker.Lanes;

/// <summary>
/// One claimed job of a kind; a new object for each claim. To add a kind: a class that implements this, and a line
/// <c>AddJob&lt;T&gt;(kind)</c>.
/// </summary>
internal interface ILightJob
{
    /// <summary>Does the work. Writes go through <see cref="HeldJob.WriteAsync"/>.</summary>
    /// <param name="stop">The worker stops, the job was cancelled, or its lease is lost.</param>
    Task<JobEnd> RunAsync(CancellationToken stop);

    /// <summary>Writes the kind's own rows in the transaction that ends the job: results, or the removal of what a failed or cancelled job
    /// wrote.</summary>
    /// <param name="end">Succeeded, failed or canceled.</param>
    Task WriteEndAsync(GpuGeekDbContext db, JobEnd end, CancellationToken cancellationToken);

    /// <summary>After that transaction: deletes what no retry needs.</summary>
    Task CleanUpAsync(CancellationToken cancellationToken);

    /// <summary>The failure of a job whose child process died too often. The job can be retried.</summary>
    Failure DiedTooOften(int exitCode);
}

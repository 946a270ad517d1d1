using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Worker.Imports;

/// <summary>The remaining quota of the organisation's plan: the gate's figures at the start, then counted locally, since counting half a
/// million rows for each batch would be slow.</summary>
internal sealed class ImportQuota(Plan plan, int images, long bytes)
{
    private int _images = images;
    private long _bytes = bytes;

    /// <summary>
    /// Usage without the import itself: its archive no longer counts when its pictures start to count. Other archives keep their space.
    /// </summary>
    public static async Task<ImportQuota> ReadAsync(IDbContexts contexts, Job job, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var usage = await PlanGate.UsageAsync(db, job.OrgId, clock.GetUtcNow(), cancellationToken, without: job.Id);
        return new(usage.Plan, usage.Images, usage.StorageBytes);
    }

    public void Add(BatchOutcome outcome)
    {
        _images += outcome.Accepted;
        _bytes += outcome.AcceptedBytes;
    }

    public Failure? Exceeded() =>
        _images > plan.MaxImages ? Limit($"at most {plan.MaxImages:N0} pictures")
        : _bytes > plan.MaxStorageBytes ? Limit($"at most {plan.MaxStorageBytes:N0} bytes of pictures")
        : null;

    private Failure Limit(string what) =>
        new(
            "plan_limit",
            "The plan's limit is reached",
            $"The plan '{plan.Name}' allows {what} in all datasets together; this archive would exceed that.",
            "Delete what is no longer needed, import a smaller archive, or choose a larger plan."
        );
}

using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Billing;

/// <summary>An organisation's usage of its plan. Months are calendar months in UTC.</summary>
public sealed record PlanUsage(
    Plan Plan,
    decimal MonthSeconds,
    decimal MonthCost,
    string Currency,
    long StorageBytes,
    int Images,
    int Projects,
    int ActiveRuns,
    int Deployments
);

/// <summary>Checks every quota. Each refusal is <c>plan_limit</c>, with the limit and what to do.</summary>
public static class PlanGate
{
    private static readonly RunState[] Active =
    [
        RunState.Queued,
        RunState.Starting,
        RunState.Running,
        RunState.Pausing,
        RunState.Canceling,
    ];

    /// <param name="db">A context of the organisation.</param>
    /// <param name="without">An import whose archive is not counted, because its pictures are about to be counted.</param>
    public static async Task<PlanUsage> UsageAsync(
        GpuGeekDbContext db,
        Guid org,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        Guid? without = null
    )
    {
        var plan = await PlanOfAsync(db, org, cancellationToken);
        var month = new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var intervals = await Rows(db.UsageIntervals, org).Where(u => u.StartedAt >= month).ToListAsync(cancellationToken);
        return new(
            plan,
            intervals.Sum(i => i.ChargedSeconds),
            intervals.Sum(i => i.Cost),
            plan.Currency,
            await StoredAsync(db, org, cancellationToken, without),
            await ImagesAsync(db, org, cancellationToken),
            await Rows(db.Projects, org).CountAsync(cancellationToken),
            await Rows(db.Runs, org).CountAsync(r => Active.Contains(r.State), cancellationToken),
            await Rows(db.Deployments, org).CountAsync(cancellationToken)
        );
    }

    /// <summary>Locks the plan until the transaction ends, so that nobody else adds to its usage: two requests at once would both find
    /// room for one more.</summary>
    public static Task LockAsync(GpuGeekDbContext db, Guid org, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({"plan:" + org}, 0))", cancellationToken);

    public static async Task CheckProjectAsync(GpuGeekDbContext db, Guid org, CancellationToken cancellationToken)
    {
        var plan = await PlanOfAsync(db, org, cancellationToken);
        if (await Rows(db.Projects, org).CountAsync(cancellationToken) >= plan.MaxProjects)
            throw Limit(plan, $"has at most {plan.MaxProjects} projects", "Delete one");
    }

    /// <param name="more">Replicas to add: each loads the model once more, so each counts as a deployment.</param>
    public static async Task CheckDeploymentAsync(GpuGeekDbContext db, Guid org, int more, CancellationToken cancellationToken)
    {
        var plan = await PlanOfAsync(db, org, cancellationToken);
        if (more > 0 && await Rows(db.Deployments, org).SumAsync(d => d.Replicas, cancellationToken) + more > plan.MaxDeployments)
            throw Limit(plan, $"has at most {plan.MaxDeployments} deployments", "Delete one");
    }

    public static async Task CheckShareLinkAsync(
        GpuGeekDbContext db,
        Guid org,
        Guid project,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var plan = await PlanOfAsync(db, org, cancellationToken);
        if (
            await Rows(db.ShareLinks, org)
                .CountAsync(l => l.ProjectId == project && l.RevokedAt == null && l.ExpiresAt > now, cancellationToken)
            >= plan.MaxShareLinks
        )
            throw Limit(plan, $"has at most {plan.MaxShareLinks} active share links per project", "Revoke one");
    }

    /// <param name="bytes">Bytes to add.</param>
    /// <returns>Bytes that are left beside them.</returns>
    public static async Task<long> CheckStorageAsync(
        GpuGeekDbContext db,
        Guid org,
        long bytes,
        int images,
        CancellationToken cancellationToken
    )
    {
        var plan = await PlanOfAsync(db, org, cancellationToken);
        var room = plan.MaxStorageBytes - await StoredAsync(db, org, cancellationToken);
        if (room < bytes)
            room += await YieldAsync(db, org, bytes - room, cancellationToken);
        if (room < bytes)
            throw Limit(
                plan,
                $"stores at most {Size(plan.MaxStorageBytes)} of pictures, uploaded weights, evaluations and running uploads",
                "Delete datasets or weights that are no longer needed, or wait for running uploads or cancel them"
            );
        if (images > 0 && await ImagesAsync(db, org, cancellationToken) + images > plan.MaxImages)
            throw Limit(plan, $"stores at most {plan.MaxImages} pictures", "Delete datasets that are no longer needed");
        return room - bytes;
    }

    /// <summary>Bytes that the plan's storage has left.</summary>
    public static async Task<long> RoomAsync(GpuGeekDbContext db, Guid org, CancellationToken cancellationToken) =>
        (await PlanOfAsync(db, org, cancellationToken)).MaxStorageBytes - await StoredAsync(db, org, cancellationToken);

    /// <summary>Embeddings are derived: the least recently used give way to what people store.</summary>
    /// <returns>Bytes that became free.</returns>
    private static async Task<long> YieldAsync(GpuGeekDbContext db, Guid org, long bytes, CancellationToken cancellationToken)
    {
        if (await Rows(db.Embeddings, org).SumAsync(e => (long)e.Vector.Length, cancellationToken) < bytes)
            return 0;
        var freed = await db
            .Database.SqlQuery<long>(
                $"""
                WITH gone AS (
                  DELETE FROM embeddings e USING (
                    SELECT backbone, picture, view, sum(octet_length(vector)) OVER (ORDER BY used_at, backbone, picture, view)
                      - octet_length(vector) AS before FROM embeddings WHERE org_id = {org}) oldest
                  WHERE e.org_id = {org} AND oldest.before < {bytes} AND (e.backbone, e.picture, e.view)
                    = (oldest.backbone, oldest.picture, oldest.view)
                  RETURNING octet_length(e.vector) AS bytes)
                SELECT COALESCE(sum(bytes), 0)::bigint AS "Value" FROM gone
                """
            )
            .ToListAsync(cancellationToken);
        return freed.Single();
    }

    public static async Task CheckRunAsync(GpuGeekDbContext db, Guid org, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var usage = await UsageAsync(db, org, now, cancellationToken);
        if (usage.ActiveRuns >= usage.Plan.MaxConcurrentRuns)
            throw Limit(
                usage.Plan,
                $"allows at most {usage.Plan.MaxConcurrentRuns} runs at the same time, queued or running",
                "Wait for one to end or cancel it"
            );
        if (usage.Plan.StopsAtIncludedHours && usage.MonthSeconds >= usage.Plan.IncludedHours * 3600m)
            throw Limit(
                usage.Plan,
                $"includes {usage.Plan.IncludedHours:0.##} hours of training per month, and they are used up",
                "Wait for the first day of the next month"
            );
    }

    /// <summary>
    /// One statement: between two of them an upload could become an import, or an import pictures, and be counted in neither.
    /// An archive counts from the moment its upload is accepted; while it is read, the part that has not become pictures yet. A kept
    /// upload that can be retried counts too.
    /// </summary>
    private static async Task<long> StoredAsync(GpuGeekDbContext db, Guid org, CancellationToken cancellationToken, Guid? without = null)
    {
        // Nothing is kept of weights that failed permanently.
        JobState[] over = [JobState.Failed, JobState.Canceled];
        var jobs = Rows(db.Jobs, org);
        var gone = jobs.Where(j => over.Contains(j.State) && j.RetryUntil == null);
        var weights = Rows(db.UploadedWeights, org).Where(w => w.State != UploadState.Failed && !gone.Any(j => j.Id == w.Id));
        var embeddings = Rows(db.Embeddings, org);
        var evaluations = Rows(db.Evaluations, org);
        var counts = Rows(db.DatasetCounts, org);
        var pictures = Rows(db.DatasetImages, org);
        var imports = Rows(db.Imports, org);
        var queued = imports.Where(i => jobs.Any(j => j.Id == i.Id && (j.State == JobState.Queued || j.RetryUntil != null)));
        // What is stored of an upload counts also when no more bytes come.
        var arriving = imports
            .Where(i => i.State == UploadState.Uploading)
            .Select(i =>
                (i.UploadActiveAt ?? i.CreatedAt) > DatabaseClock.Now() - Upload.RoomKept
                    ? i.Size + i.LabelsBytes
                    : i.Received + i.LabelsBytes
            );
        var unread = imports
            .Where(i => i.Id != without && jobs.Any(j => j.Id == i.Id && j.State == JobState.Running))
            .Select(i => i.Size - pictures.Where(p => p.ImportId == i.Id).Sum(p => p.Bytes));
        return await db
            .Organizations.Where(o => o.Id == org)
            .Select(_ =>
                counts.Sum(c => c.Bytes)
                + embeddings.Sum(e => (long)e.Vector.Length)
                + weights.Sum(w => w.Size)
                + evaluations.Sum(e => e.PredictionsBytes)
                + queued.Sum(i => i.Size + i.LabelsBytes)
                + arriving.Sum()
                + unread.Where(left => left > 0).Sum()
            )
            .SingleAsync(cancellationToken);
    }

    private static Task<int> ImagesAsync(GpuGeekDbContext db, Guid org, CancellationToken cancellationToken) =>
        Rows(db.DatasetCounts, org).SumAsync(c => c.Images, cancellationToken);

    private static async Task<Plan> PlanOfAsync(GpuGeekDbContext db, Guid org, CancellationToken cancellationToken)
    {
        var code = await db.Organizations.Where(o => o.Id == org).Select(o => o.PlanCode).SingleAsync(cancellationToken);
        return await db.Plans.AsNoTracking().SingleAsync(p => p.Code == code, cancellationToken);
    }

    // The worker's context crosses organisations, so the organisation is always specified.
    private static IQueryable<T> Rows<T>(DbSet<T> set, Guid org)
        where T : class, ITenantOwned => set.IgnoreTenantFilter().AsNoTracking().Where(row => row.OrgId == org);

    // In GiB, a plan of less than one would be displayed as 0.
    private static string Size(long bytes) => bytes >= 1L << 30 ? $"{bytes >> 30} GiB" : $"{bytes >> 20} MiB";

    private static DomainException Limit(Plan plan, string limit, string wayOut) =>
        new("plan_limit", $"The plan '{plan.Name}' {limit}.", $"{wayOut}, or ask an owner to change the plan.");
}

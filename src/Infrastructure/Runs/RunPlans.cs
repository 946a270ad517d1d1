using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>All rows that a supervisor needs to prepare a run.</summary>
/// <param name="ModelName">Name of the model the run will publish.</param>
/// <param name="ModelNumber">The expected version number; the final one is assigned at the end of the run.</param>
public sealed record RunPlan(Run Run, DatasetVersion Version, string ModelName, int ModelNumber);

public sealed class RunPlans(IDbContexts contexts)
{
    public async Task<RunPlan> ReadAsync(ClaimedRun claim, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var run = await db
            .Runs.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(r => r.OrgId == claim.OrgId && r.Id == claim.RunId, cancellationToken);
        var version = await db
            .DatasetVersions.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(v => v.OrgId == claim.OrgId && v.Id == run.DatasetVersionId, cancellationToken);
        var slug = await db
            .Projects.IgnoreTenantFilter()
            .Where(p => p.OrgId == claim.OrgId && p.Id == run.ProjectId)
            .Select(p => p.Slug)
            .SingleAsync(cancellationToken);
        var model = await db
            .Models.IgnoreTenantFilter()
            .Where(m => m.OrgId == claim.OrgId && m.Name == slug && m.DeletionId == null)
            .Select(m => (Guid?)m.Id)
            .SingleOrDefaultAsync(cancellationToken);
        return new(
            run,
            version,
            slug,
            model is null ? 1 : await ModelPublisher.NextNumberAsync(db, claim.OrgId, model.Value, cancellationToken)
        );
    }

    /// <summary>Those of the given runs that have ended or are unknown: their directories can be deleted.</summary>
    public async Task<IReadOnlySet<Guid>> OverAsync(IReadOnlyCollection<Guid> runs, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        RunState[] over = [RunState.Canceled, RunState.Succeeded, RunState.Failed];
        var alive = await db
            .Runs.IgnoreTenantFilter()
            .Where(r => runs.Contains(r.Id) && !over.Contains(r.State))
            .Select(r => r.Id)
            .ToListAsync(cancellationToken);
        return runs.Except(alive).ToHashSet();
    }
}

using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>Records in the deployment what a predictor has done with a version of it, and tells those who watch.</summary>
internal sealed class DeploymentOutcome(IDbContexts contexts, ILiveNotifier live, TimeProvider clock)
{
    /// <summary>The predictor has the target of the deployment, as it was read.</summary>
    public async Task LoadedAsync(Deployment read, string predictor, CancellationToken cancellationToken)
    {
        if (read.LoadedOn.Contains(predictor) && (read.Target != read.ModelVersionId || read.IsLiveAsRequested))
            return;
        await ChangeAsync(
            read,
            deployment =>
            {
                if (!deployment.LoadedOn.Contains(predictor))
                    deployment.LoadedOn = [.. deployment.LoadedOn, predictor];
                // Otherwise the requested version stays refused, and the previous one was loaded again.
                if (deployment.Target == deployment.ModelVersionId)
                    deployment.GoLive();
            },
            cancellationToken
        );
    }

    /// <summary>The predictor could not load the target. The deployment has failed, unless another predictor answers with this
    /// version.</summary>
    /// <param name="read">The deployment as it was read.</param>
    /// <param name="holdsAnother">The predictor still answers with the version that it had.</param>
    public Task RefusedAsync(Deployment read, string predictor, bool holdsAnother, Failure failure, CancellationToken cancellationToken) =>
        ChangeAsync(
            read,
            deployment =>
            {
                var isServed = deployment.LiveVersionId == deployment.Target && deployment.LoadedOn.Any(p => p != predictor);
                if (!holdsAnother)
                    deployment.LoadedOn = [.. deployment.LoadedOn.Where(p => p != predictor)];
                if (!isServed)
                    deployment.Fail(failure);
            },
            cancellationToken
        );

    private async Task ChangeAsync(Deployment read, Action<Deployment> change, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"SELECT 1 FROM deployments WHERE org_id = {read.OrgId} AND id = {read.Id} FOR UPDATE",
            cancellationToken
        );
        var row = await db
            .Deployments.IgnoreTenantFilter()
            .FirstOrDefaultAsync(d => d.OrgId == read.OrgId && d.Id == read.Id && d.DeletionId == null, cancellationToken);
        // Another version was requested meanwhile, or the deployment was deleted: its notification follows.
        if (row is null || row.Target != read.Target)
            return;
        var before = (row.State, row.LiveVersionId);
        change(row);
        if (!db.ChangeTracker.HasChanges())
            return;
        row.UpdatedAt = clock.GetUtcNow();
        // A predictor that restarts is loaded again, which is not a new event.
        if (before != (row.State, row.LiveVersionId))
            await db.EnqueueAsync(WebhookEvents.Of(row), row.UpdatedAt, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await live.DeploymentChangedAsync(row.OrgId, row.Id);
    }
}

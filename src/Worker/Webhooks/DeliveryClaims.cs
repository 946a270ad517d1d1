using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Webhooks;

/// <summary>Claims deliveries so that no two workers send one at the same time, and records the results.</summary>
internal sealed class DeliveryClaims(IDbContexts contexts)
{
    /// <summary>Maximum number of concurrent messages to one organisation's receivers: slow ones must not occupy every loop.</summary>
    private const int PerOrganization = 2;

    /// <summary>The delivery that has been due longest, with its webhook; null if none is due.</summary>
    public async Task<(WebhookDelivery Delivery, Webhook Webhook)?> NextAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var claimed = await db
            .WebhookDeliveries.FromSql(
                $"""
                UPDATE webhook_deliveries SET lease_until = clock_timestamp() + {WebhookDelivery.Lease}, attempt = attempt + 1,
                    fence = fence + 1, last_attempt_at = clock_timestamp()
                WHERE (org_id, id) = (
                  SELECT d.org_id, d.id FROM webhook_deliveries d JOIN webhooks w ON w.org_id = d.org_id AND w.id = d.webhook_id
                  WHERE d.state = 'pending' AND d.next_attempt_at <= clock_timestamp()
                      AND COALESCE(d.lease_until, '-infinity') < clock_timestamp() AND w.active
                    AND {PerOrganization} > (SELECT count(*) FROM webhook_deliveries b WHERE b.org_id = d.org_id AND b.state = 'pending'
                        AND b.lease_until > clock_timestamp())
                  ORDER BY d.next_attempt_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
                RETURNING *
                """
            )
            .IgnoreAllFilters()
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (claimed is not [var delivery])
            return null;
        if (delivery.Attempt > WebhookDelivery.MaxAttempts)
        {
            // The result of its last attempt was never recorded: the worker died during it.
            await EndUnknownAsync(db, delivery, cancellationToken);
            return await NextAsync(cancellationToken);
        }
        var webhook = await db
            .Webhooks.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleOrDefaultAsync(w => w.OrgId == delivery.OrgId && w.Id == delivery.WebhookId, cancellationToken);
        return webhook is null ? null : (delivery, webhook);
    }

    /// <summary>Records a delivery as delivered, rescheduled or failed. A webhook that has been deleted at the receiver or fails
    /// permanently is turned off, and its queued deliveries fail.</summary>
    /// <param name="jitter">0 to 1.</param>
    public async Task EndAsync(
        WebhookDelivery claimed,
        WebhookAnswer answer,
        DateTimeOffset now,
        double jitter,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.System();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The webhook first, as everywhere, so that two ends of one webhook wait for each other without a deadlock.
        var webhooks = await db
            .Webhooks.FromSql($"SELECT *, xmin FROM webhooks WHERE org_id = {claimed.OrgId} AND id = {claimed.WebhookId} FOR NO KEY UPDATE")
            .IgnoreAllFilters()
            .ToListAsync(cancellationToken);
        var rows = await db
            .WebhookDeliveries.FromSql(
                $"""
                SELECT * FROM webhook_deliveries
                WHERE org_id = {claimed.OrgId} AND id = {claimed.Id} AND fence = {claimed.Fence} FOR NO KEY UPDATE
                """
            )
            .IgnoreAllFilters()
            .ToListAsync(cancellationToken);
        // Deleted in the meantime, or claimed by another worker after this lease expired.
        if (webhooks is not [var webhook] || rows is not [var delivery])
            return;
        Record(delivery, answer, now, jitter);
        var off = Judge(webhook, answer, now);
        if (off && delivery.State == DeliveryState.Pending)
            GiveUp(delivery);
        await db.SaveChangesAsync(cancellationToken);
        if (off)
            await GiveUpOthersAsync(db, webhook, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Returns the delivery unchanged: the worker stopped before the response arrived.</summary>
    public async Task GiveBackAsync(WebhookDelivery claimed, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET lease_until = NULL, attempt = attempt - 1 WHERE org_id = {claimed.OrgId} AND id = {claimed.Id}
                AND fence = {claimed.Fence} AND state = 'pending'
            """,
            cancellationToken
        );
    }

    /// <summary>Deletes expired deliveries, a bounded number at a time.</summary>
    public async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        return await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM webhook_deliveries WHERE (org_id, id) IN (
              SELECT org_id, id FROM webhook_deliveries WHERE created_at < clock_timestamp() - {WebhookDelivery.Kept}
                  AND state <> 'pending' LIMIT 1000 FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken
        );
    }

    private static void Record(WebhookDelivery delivery, WebhookAnswer answer, DateTimeOffset now, double jitter)
    {
        delivery.LeaseUntil = null;
        (delivery.StatusCode, delivery.ResponseBody, delivery.Error, delivery.DurationMs) = (
            answer.StatusCode,
            answer.Body,
            answer.Error,
            answer.DurationMs
        );
        if (answer.Error is null)
            (delivery.State, delivery.NextAttemptAt) = (DeliveryState.Delivered, null);
        else if (WebhookDelivery.DelayAfter(delivery.Attempt, jitter) is { } delay)
            delivery.NextAttemptAt = now + delay;
        else
            GiveUp(delivery);
    }

    /// <returns>Whether it was turned off.</returns>
    private static bool Judge(Webhook webhook, WebhookAnswer answer, DateTimeOffset now)
    {
        if (answer.IsGone)
        {
            webhook.Disable("The receiver responded with 410 Gone.");
            return true;
        }
        if (answer.Error is not null)
            return webhook.CountFailure(now);
        webhook.Recover();
        return false;
    }

    private static Task<int> EndUnknownAsync(GpuGeekDbContext db, WebhookDelivery delivery, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET state = 'failed', attempt = attempt - 1, lease_until = NULL, next_attempt_at = NULL,
                error = 'The worker ended during the last attempt; whether the message came is unknown.'
            WHERE org_id = {delivery.OrgId} AND id = {delivery.Id} AND fence = {delivery.Fence}
            """,
            cancellationToken
        );

    private static void GiveUp(WebhookDelivery delivery) => (delivery.State, delivery.NextAttemptAt) = (DeliveryState.Failed, null);

    private static Task<int> GiveUpOthersAsync(GpuGeekDbContext db, Webhook webhook, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET state = 'failed', next_attempt_at = NULL,
                error = 'The webhook was turned off before this was sent.'
            WHERE org_id = {webhook.OrgId} AND webhook_id = {webhook.Id} AND state = 'pending'
                AND COALESCE(lease_until, '-infinity') < clock_timestamp()
            """,
            cancellationToken
        );
}

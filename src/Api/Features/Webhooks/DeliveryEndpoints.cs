using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Webhooks;
using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Webhooks;

internal static class DeliveryEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/{webhook:guid}/test", TestAsync).Needs(Role.Admin, Scopes.OrgAdmin).Idempotent().WithName("TestWebhook");
        group.MapGet("/{webhook:guid}/deliveries", ListAsync).Needs(Role.Admin, Scopes.OrgAdmin).WithName("ListWebhookDeliveries");
        group
            .MapPost("/{webhook:guid}/deliveries/{delivery:guid}/redeliver", RedeliverAsync)
            .Needs(Role.Admin, Scopes.OrgAdmin)
            .WithName("RedeliverWebhookDelivery");
    }

    /// <summary>Send a test message; the deliveries show whether it arrived</summary>
    private static async Task<Results<Accepted<WebhookDeliveryResponse>, ProblemHttpResult>> TestAsync(
        Guid webhook,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await LockedAsync(db, webhook, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (!row.Active)
            return Off();
        var ping = WebhookOutbox.Ping(tenant.OrgId, tenant.Slug, webhook, clock.GetUtcNow());
        db.WebhookDeliveries.Add(ping);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Accepted($"/api/v1/orgs/{tenant.Slug}/webhooks/{webhook}/deliveries", Response(ping));
    }

    /// <summary>List the deliveries of a webhook, newest first; kept for 30 days</summary>
    private static async Task<Results<Ok<Page<WebhookDeliveryResponse>>, ProblemHttpResult>> ListAsync(
        Guid webhook,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        if (!await db.Webhooks.AnyAsync(w => w.Id == webhook, cancellationToken))
            return Problems.NotFound();
        var rows = await db
            .WebhookDeliveries.AsNoTracking()
            .Where(d => d.WebhookId == webhook && (last == null || d.Id < last))
            .OrderByDescending(d => d.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, d => d.Id.ToString(), Response));
    }

    /// <summary>Send a message again, with the same <c>webhook-id</c> and a new series of retries</summary>
    private static async Task<Results<Accepted<WebhookDeliveryResponse>, ProblemHttpResult>> RedeliverAsync(
        Guid webhook,
        Guid delivery,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await LockedAsync(db, webhook, cancellationToken) is not { } hook)
            return Problems.NotFound();
        var rows = await db
            .WebhookDeliveries.FromSql(
                $"""
                SELECT * FROM webhook_deliveries
                WHERE org_id = {tenant.OrgId} AND webhook_id = {webhook} AND id = {delivery} FOR NO KEY UPDATE
                """
            )
            .ToListAsync(cancellationToken);
        if (rows is not [var row])
            return Problems.NotFound();
        if (!hook.Active)
            return Off();
        row.Redeliver(clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Accepted($"/api/v1/orgs/{tenant.Slug}/webhooks/{webhook}/deliveries", Response(row));
    }

    // The webhook must not be deleted or turned off before the delivery is queued.
    private static async Task<Webhook?> LockedAsync(GpuGeekDbContext db, Guid webhook, CancellationToken cancellationToken) =>
        (
            await db
                .Webhooks.FromSql($"SELECT *, xmin FROM webhooks WHERE id = {webhook} FOR SHARE")
                .AsNoTracking()
                .ToListAsync(cancellationToken)
        ).SingleOrDefault();

    private static ProblemHttpResult Off() =>
        Problems.Conflict("webhook_disabled", "The webhook is turned off.", "Turn it on first: PATCH {\"active\": true}.");

    private static WebhookDeliveryResponse Response(WebhookDelivery d) =>
        new(
            d.Id,
            d.MessageId,
            d.Type,
            d.Payload,
            d.State.ToString().ToLowerInvariant(),
            d.Attempt,
            d.State == DeliveryState.Pending ? d.NextAttemptAt : null,
            d.StatusCode,
            d.ResponseBody,
            d.Error,
            d.DurationMs,
            d.CreatedAt,
            d.LastAttemptAt
        );
}

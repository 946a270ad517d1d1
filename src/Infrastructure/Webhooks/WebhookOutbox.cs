using System.Text.Json;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Webhooks;

/// <summary>Queues messages in the transaction of their change: both are committed, or neither.</summary>
public static class WebhookOutbox
{
    /// <summary>Adds one delivery for each active webhook of the organisation that has subscribed to this type; saved with the context's
    /// next <c>SaveChanges</c>.</summary>
    /// <param name="db">In a transaction: the webhooks cannot be deleted until it ends.</param>
    /// <param name="happened">Null: no event.</param>
    /// <param name="now">Becomes the payload's <c>timestamp</c>.</param>
    public static async Task EnqueueAsync(
        this GpuGeekDbContext db,
        WebhookEvent? happened,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (happened is null)
            return;
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("A message must be queued inside the transaction of its change.");
        var webhooks = await db
            .Webhooks.FromSql(
                $"""
                SELECT *, xmin FROM webhooks WHERE org_id = {happened.OrgId} AND active AND {happened.Type} = ANY(events) ORDER BY id
                    FOR KEY SHARE
                """
            )
            .IgnoreAllFilters()
            .AsNoTracking()
            .Select(w => w.Id)
            .ToListAsync(cancellationToken);
        if (webhooks.Count == 0)
            return;
        var slug = await db.Organizations.Where(o => o.Id == happened.OrgId).Select(o => o.Slug).SingleAsync(cancellationToken);
        var payload = Payload(happened.Type, slug, happened.Data, now);
        foreach (var webhook in webhooks)
            db.WebhookDeliveries.Add(Delivery(happened.OrgId, webhook, happened.Type, payload, now));
    }

    /// <summary>A message that only checks whether the receiver responds.</summary>
    public static WebhookDelivery Ping(Guid org, string slug, Guid webhook, DateTimeOffset now) =>
        Delivery(
            org,
            webhook,
            WebhookEvents.Ping,
            Payload(WebhookEvents.Ping, slug, new Dictionary<string, object?> { ["webhook"] = webhook }, now),
            now
        );

    private static WebhookDelivery Delivery(Guid org, Guid webhook, string type, string payload, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        return new()
        {
            OrgId = org,
            Id = id,
            WebhookId = webhook,
            MessageId = $"msg_{id:N}",
            Type = type,
            Payload = payload,
            NextAttemptAt = now,
            CreatedAt = now,
        };
    }

    private static string Payload(string type, string organization, IReadOnlyDictionary<string, object?> data, DateTimeOffset now)
    {
        var all = new Dictionary<string, object?>(data.Where(d => d.Value is not null)) { ["organization"] = organization };
        var payload = JsonSerializer.Serialize(
            new
            {
                type,
                timestamp = now.UtcDateTime,
                data = all,
            },
            RunDirectory.Json
        );
        return payload.Length <= WebhookDelivery.MaxPayloadBytes
            ? payload
            : throw new InvalidOperationException($"The message {type} has {payload.Length} characters, which is too long.");
    }
}

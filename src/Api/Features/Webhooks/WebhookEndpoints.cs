using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Webhooks;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Webhooks;

internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/webhooks").WithTags("Webhooks");
        group.MapGet("", ListAsync).Needs(Role.Admin, Scopes.OrgAdmin).WithName("ListWebhooks");
        group.MapPost("", CreateAsync).Needs(Role.Admin, Scopes.OrgAdmin).Idempotent().WithName("CreateWebhook");
        group.MapGet("/{webhook:guid}", GetAsync).Needs(Role.Admin, Scopes.OrgAdmin).WithName("GetWebhook");
        group.MapPatch("/{webhook:guid}", UpdateAsync).Needs(Role.Admin, Scopes.OrgAdmin).WithName("UpdateWebhook");
        group.MapDelete("/{webhook:guid}", DeleteAsync).Needs(Role.Admin, Scopes.OrgAdmin).WithName("DeleteWebhook");
        group.MapPost("/{webhook:guid}/rotate", RotateAsync).Needs(Role.Admin, Scopes.OrgAdmin).WithName("RotateWebhookSecret");
        DeliveryEndpoints.Map(group);
    }

    /// <summary>List the organisation's webhooks, newest first</summary>
    private static async Task<Ok<Page<WebhookResponse>>> ListAsync(GpuGeekDbContext db, CancellationToken cancellationToken) =>
        TypedResults.Ok(
            new Page<WebhookResponse>(
                [.. (await db.Webhooks.AsNoTracking().OrderByDescending(w => w.Id).ToListAsync(cancellationToken)).Select(Response)],
                null
            )
        );

    /// <summary>Create a webhook; its signing secret is shown only once</summary>
    private static async Task<Results<Created<CreatedWebhookResponse>, ProblemHttpResult>> CreateAsync(
        CreateWebhookRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        WebhookUrl urls,
        WebhookSecrets secrets,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var events = Events(request.Events);
        var url = await urls.CheckAsync(request.Url, cancellationToken);
        // Two requests at once would both find room for one more.
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        if (await db.Webhooks.CountAsync(cancellationToken) >= Webhook.MaxPerOrganization)
            return Problems.Impossible(
                "webhook_limit",
                $"An organisation can have at most {Webhook.MaxPerOrganization} webhooks.",
                "Delete one that is no longer needed."
            );
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var secret = WebhookSecret.Create();
        var webhook = new Webhook
        {
            OrgId = tenant.OrgId,
            Id = id,
            Url = url,
            Events = events,
            Secret = secrets.Protect(tenant.OrgId, id, secret),
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Webhooks.Add(webhook);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created(
            $"/api/v1/orgs/{tenant.Slug}/webhooks/{id}",
            new CreatedWebhookResponse(id, webhook.Url, webhook.Events, secret, now)
        );
    }

    /// <summary>Get a webhook</summary>
    private static async Task<Results<Ok<WebhookResponse>, ProblemHttpResult>> GetAsync(
        Guid webhook,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.Webhooks.AsNoTracking().FirstOrDefaultAsync(w => w.Id == webhook, cancellationToken) is { } row
            ? TypedResults.Ok(Response(row))
            : Problems.NotFound();

    /// <summary>Change the address or the events, or turn it on or off</summary>
    private static async Task<Results<Ok<WebhookResponse>, ProblemHttpResult>> UpdateAsync(
        Guid webhook,
        UpdateWebhookRequest request,
        GpuGeekDbContext db,
        WebhookUrl urls,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await db.Webhooks.FirstOrDefaultAsync(w => w.Id == webhook, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (request.Events is { } events)
            row.Events = Events(events);
        if (request.Url is { } url)
            row.Url = await urls.CheckAsync(url, cancellationToken);
        if (request.Active is { } active)
            row.Switch(active);
        row.UpdatedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(Response(row));
    }

    /// <summary>Delete a webhook with its deliveries</summary>
    private static async Task<NoContent> DeleteAsync(Guid webhook, GpuGeekDbContext db, Change change, CancellationToken cancellationToken)
    {
        if (await db.Webhooks.Where(w => w.Id == webhook).ExecuteDeleteAsync(cancellationToken) == 0)
            change.NoChange();
        return TypedResults.NoContent();
    }

    /// <summary>Create a new signing secret, shown only once; the old one also signs for 24 hours</summary>
    private static async Task<Results<Ok<RotatedSecretResponse>, ProblemHttpResult>> RotateAsync(
        Guid webhook,
        GpuGeekDbContext db,
        WebhookSecrets secrets,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await db.Webhooks.FirstOrDefaultAsync(w => w.Id == webhook, cancellationToken) is not { } row)
            return Problems.NotFound();
        var secret = WebhookSecret.Create();
        row.Rotate(secrets.Protect(row.OrgId, row.Id, secret), clock.GetUtcNow());
        row.UpdatedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new RotatedSecretResponse(secret, row.OldSecretUntil!.Value));
    }

    private static string[] Events(IReadOnlyList<string> asked) =>
        asked.Except(WebhookEventTypes.All).FirstOrDefault() is { } unknown
            ? throw new DomainException(
                "unknown_event",
                $"There is no event '{unknown}'.",
                $"Choose from: {string.Join(", ", WebhookEventTypes.All)}."
            )
            : [.. WebhookEventTypes.All.Intersect(asked)];

    private static WebhookResponse Response(Webhook w) =>
        new(w.Id, w.Url, w.Events, w.Active, w.DisabledReason, w.FailingSince, w.OldSecretUntil, w.CreatedAt, w.UpdatedAt);
}

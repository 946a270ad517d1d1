using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Webhooks;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<Page<WebhookResponse>> ListWebhooksAsync(string org, CancellationToken ct = default) =>
        GetAsync<Page<WebhookResponse>>($"orgs/{E(org)}/webhooks", ct);

    public Task<WebhookResponse> GetWebhookAsync(string org, Guid webhook, CancellationToken ct = default) =>
        GetAsync<WebhookResponse>($"orgs/{E(org)}/webhooks/{webhook}", ct);

    public Task<CreatedWebhookResponse> CreateWebhookAsync(string org, CreateWebhookRequest request, CancellationToken ct = default) =>
        PostAsync<CreatedWebhookResponse>($"orgs/{E(org)}/webhooks", request, ct);

    public Task<WebhookResponse> UpdateWebhookAsync(
        string org,
        Guid webhook,
        UpdateWebhookRequest request,
        CancellationToken ct = default
    ) => PatchAsync<WebhookResponse>($"orgs/{E(org)}/webhooks/{webhook}", request, ct);

    public Task DeleteWebhookAsync(string org, Guid webhook, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/webhooks/{webhook}", null, ct);

    public Task<RotatedSecretResponse> RotateWebhookSecretAsync(string org, Guid webhook, CancellationToken ct = default) =>
        PostAsync<RotatedSecretResponse>($"orgs/{E(org)}/webhooks/{webhook}/rotate", null, ct);

    public Task<WebhookDeliveryResponse> TestWebhookAsync(string org, Guid webhook, CancellationToken ct = default) =>
        PostAsync<WebhookDeliveryResponse>($"orgs/{E(org)}/webhooks/{webhook}/test", null, ct);

    public Task<Page<WebhookDeliveryResponse>> ListWebhookDeliveriesAsync(
        string org,
        Guid webhook,
        string? after = null,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<WebhookDeliveryResponse>>(
            $"orgs/{E(org)}/webhooks/{webhook}/deliveries?limit=50{(after is null ? "" : $"&after={E(after)}")}",
            ct
        );

    public Task<WebhookDeliveryResponse> RedeliverAsync(string org, Guid webhook, Guid delivery, CancellationToken ct = default) =>
        PostAsync<WebhookDeliveryResponse>($"orgs/{E(org)}/webhooks/{webhook}/deliveries/{delivery}/redeliver", null, ct);
}

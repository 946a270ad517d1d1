using System.Security.Cryptography;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Webhooks;
using GpuGeek.Worker.Lanes;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Worker.Webhooks;

/// <summary>Sends messages to the receivers of webhooks.</summary>
internal sealed partial class DeliveryLane(
    DeliveryClaims claims,
    WebhookClient client,
    WebhookSecrets secrets,
    TimeProvider clock,
    ILogger<DeliveryLane> logger
) : ILaneWork
{
    public string Name => "webhooks";
    public int Width => 4;
    public string? Announced => null;

    public async Task<Func<Task>?> NextAsync(string owner, int place, CancellationToken draining) =>
        await claims.NextAsync(draining) is { } next ? () => SendAsync(next.Delivery, next.Webhook, draining) : null;

    private async Task SendAsync(WebhookDelivery delivery, Webhook webhook, CancellationToken draining)
    {
        WebhookAnswer answer;
        try
        {
            answer = await AnswerAsync(delivery, webhook, draining);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            await claims.GiveBackAsync(delivery, CancellationToken.None);
            throw;
        }
        if (answer.Error is not null)
            LogRefused(delivery.Id, webhook.Id, answer.StatusCode, delivery.Attempt);
        await claims.EndAsync(delivery, answer, clock.GetUtcNow(), Random.Shared.NextDouble(), CancellationToken.None);
    }

    private async Task<WebhookAnswer> AnswerAsync(WebhookDelivery delivery, Webhook webhook, CancellationToken draining)
    {
        IReadOnlyList<string> signing;
        var now = clock.GetUtcNow();
        try
        {
            signing = secrets.Signing(webhook, now);
        }
        catch (Exception failure) when (failure is CryptographicException or DomainException)
        {
            LogUnreadable(failure, webhook.Id);
            return new(
                null,
                null,
                "The signing secret cannot be decrypted: the operator must restore the key folder, or rotate the secret.",
                0
            );
        }
        return await client.SendAsync(webhook.Url, delivery, signing, now, draining);
    }

    [LoggerMessage(LogLevel.Information, "Delivery {Delivery} to webhook {Webhook} failed with {Status} at attempt {Attempt}")]
    private partial void LogRefused(Guid delivery, Guid webhook, int? status, int attempt);

    [LoggerMessage(LogLevel.Error, "The signing secret of webhook {Webhook} cannot be decrypted")]
    private partial void LogUnreadable(Exception failure, Guid webhook);
}

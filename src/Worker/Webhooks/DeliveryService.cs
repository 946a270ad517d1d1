using System.Security.Cryptography;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Webhooks;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Webhooks;

internal sealed class DeliveryWakeUp(IOptions<WorkerOptions> options) : PollSignal(options);

/// <summary>Sends messages in separate loops: light work, which never waits behind a training or an import. Polls every two seconds for
/// due deliveries.</summary>
internal sealed partial class DeliveryService(
    DeliveryClaims claims,
    WebhookClient client,
    WebhookSecrets secrets,
    DeliveryWakeUp wake,
    TimeProvider clock,
    ILogger<DeliveryService> logger
) : BackgroundService
{
    private const int Lanes = 4;
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Task.WhenAll([.. Enumerable.Range(0, Lanes).Select(_ => ServeAsync(stoppingToken)), CleanAsync(stoppingToken)]);
    }

    private async Task ServeAsync(CancellationToken draining)
    {
        while (!draining.IsCancellationRequested)
        {
            try
            {
                if (await SendNextAsync(draining))
                    continue;
                await wake.WaitAsync(draining);
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The loop keeps running; a claimed delivery is retried when its lease expires.
                LogFailed(failure);
                await wake.WaitAsync(CancellationToken.None);
            }
        }
    }

    /// <returns>Whether there was one.</returns>
    private async Task<bool> SendNextAsync(CancellationToken draining)
    {
        if (await claims.NextAsync(draining) is not { } next)
            return false;
        // Another delivery may be waiting.
        wake.Signal();
        var (delivery, webhook) = next;
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
        return true;
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

    private async Task CleanAsync(CancellationToken draining)
    {
        using var timer = new PeriodicTimer(CleaningInterval, clock);
        try
        {
            do
            {
                try
                {
                    while (await claims.CleanAsync(draining) > 0)
                        ;
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // The database is not available: retried in an hour.
                    LogFailed(failure);
                }
            } while (await timer.WaitForNextTickAsync(draining));
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            // The worker is stopping.
        }
    }

    [LoggerMessage(LogLevel.Error, "Webhook deliveries failed; retrying when their leases have expired")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(LogLevel.Information, "Delivery {Delivery} to webhook {Webhook} failed with {Status} at attempt {Attempt}")]
    private partial void LogRefused(Guid delivery, Guid webhook, int? status, int attempt);

    [LoggerMessage(LogLevel.Error, "The signing secret of webhook {Webhook} cannot be decrypted")]
    private partial void LogUnreadable(Exception failure, Guid webhook);
}

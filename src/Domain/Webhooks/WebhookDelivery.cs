using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Webhooks;

public enum DeliveryState
{
    Pending,
    Delivered,
    Failed,
}

/// <summary>One message to one webhook. Written in the transaction of what happened, so that it is its own outbox.</summary>
public sealed class WebhookDelivery : ITenantOwned
{
    public const int MaxPayloadBytes = 20_000;

    /// <summary>Bytes of the receiver's answer that are kept.</summary>
    public const int MaxResponseBytes = 2048;
    public const int MaxErrorLength = 500;
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Longer than an attempt can take; a worker that died gives the delivery back by silence.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
    ];

    public static int MaxAttempts => Delays.Length + 1;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid WebhookId { get; init; }

    /// <summary>Header <c>webhook-id</c>: the same over retries and redeliveries, so that receivers can drop what they know.</summary>
    public required string MessageId { get; init; }
    public required string Type { get; init; }

    /// <summary>The body as it is sent each time, byte for byte.</summary>
    public required string Payload { get; init; }
    public DeliveryState State { get; set; } = DeliveryState.Pending;

    /// <summary>Attempts in this round; a redelivery begins a new one.</summary>
    public int Attempt { get; set; }

    /// <summary>Claims ever made: it grows with each, so that a stale worker writes nothing.</summary>
    public long Fence { get; set; }
    public DateTimeOffset? NextAttemptAt { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }
    public int? StatusCode { get; set; }
    public string? ResponseBody { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    public string? Error { get; set; }
    public int? DurationMs { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>Waiting time after a failed attempt: growing, and up to a fifth longer so that receivers that come back are not met by all
    /// at once.</summary>
    /// <param name="attempt">Attempts made, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    /// <returns>Null when it was the last.</returns>
    public static TimeSpan? DelayAfter(int attempt, double jitter) =>
        attempt > Delays.Length ? null : Delays[attempt - 1] * (1 + jitter / 5);

    public void Redeliver(DateTimeOffset now)
    {
        // While a worker holds it, it is being sent anyway.
        if (LeaseUntil > now)
            throw new DomainException("delivery_under_way", "This delivery is being sent now.", "Check its state in a moment.");
        State = DeliveryState.Pending;
        Attempt = 0;
        NextAttemptAt = now;
    }
}

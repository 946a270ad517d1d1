using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Webhooks;

public enum DeliveryState
{
    Pending,
    Delivered,
    Failed,
}

/// <summary>One message to one webhook. Written in the transaction of the event, so that it is its own outbox.</summary>
public sealed class WebhookDelivery : ITenantOwned
{
    public const int MaxPayloadBytes = 20_000;

    /// <summary>Maximum bytes of the receiver's response that are stored.</summary>
    public const int MaxResponseBytes = 2048;
    public const int MaxErrorLength = 500;
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Longer than an attempt can take; if a worker dies, the delivery's lease expires.</summary>
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

    /// <summary>Header <c>webhook-id</c>: the same for retries and redeliveries, so that receivers can discard duplicates.</summary>
    public required string MessageId { get; init; }
    public required string Type { get; init; }

    /// <summary>The body, sent byte for byte each time.</summary>
    public required string Payload { get; init; }
    public DeliveryState State { get; set; } = DeliveryState.Pending;

    /// <summary>Attempts in this series; a redelivery starts a new one.</summary>
    public int Attempt { get; set; }

    /// <summary>Number of claims so far: it grows with each, so that a stale worker cannot write.</summary>
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

    /// <summary>Delay after a failed attempt: it grows, and is up to a fifth longer, so that a recovering receiver does not get all
    /// messages at once.</summary>
    /// <param name="attempt">Attempts made, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    /// <returns>Null after the last attempt.</returns>
    public static TimeSpan? DelayAfter(int attempt, double jitter) =>
        attempt > Delays.Length ? null : Delays[attempt - 1] * (1 + jitter / 5);

    public void Redeliver(DateTimeOffset now)
    {
        // While a worker has it, it is being sent anyway.
        if (LeaseUntil > now)
            throw new DomainException("delivery_under_way", "This delivery is being sent now.", "Check its state in a moment.");
        State = DeliveryState.Pending;
        Attempt = 0;
        NextAttemptAt = now;
    }
}

using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Webhooks;

/// <summary>Types of events that a webhook may subscribe to.</summary>
public static class WebhookEventTypes
{
    public static readonly string[] All =
    [
        "run.succeeded",
        "run.failed",
        "run.canceled",
        "import.succeeded",
        "import.failed",
        "deployment.live",
        "deployment.failed",
    ];
}

/// <summary>An address that is told what happens, with signed messages (Standard Webhooks).</summary>
public sealed record CreateWebhookRequest
{
    /// <summary>Where messages go: https, to a public address.</summary>
    /// <example>https://hooks.example.org/gpugeek</example>
    [Required, StringLength(2000, MinimumLength = 1)]
    public required string Url { get; init; }

    /// <summary>One or more types of events.</summary>
    /// <example>["run.succeeded", "run.failed"]</example>
    [Required, MinLength(1), MaxLength(20)]
    public required IReadOnlyList<string> Events { get; init; }
}

/// <summary>Only what is to change.</summary>
public sealed record UpdateWebhookRequest
{
    [StringLength(2000, MinimumLength = 1)]
    public string? Url { get; init; }

    [MinLength(1), MaxLength(20)]
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>False: nothing is sent and nothing new is queued. True also forgets past failures.</summary>
    public bool? Active { get; init; }
}

/// <param name="DisabledReason">Why it was turned off, when no person did it.</param>
/// <param name="FailingSince">The first failure since the last message that went well.</param>
/// <param name="OldSecretUntil">Until then the secret before the rotation signs too.</param>
public sealed record WebhookResponse(
    Guid Id,
    string Url,
    IReadOnlyList<string> Events,
    bool Active,
    string? DisabledReason,
    DateTimeOffset? FailingSince,
    DateTimeOffset? OldSecretUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

/// <param name="Secret">The signing secret, <c>whsec_…</c>: shown this once.</param>
public sealed record CreatedWebhookResponse(Guid Id, string Url, IReadOnlyList<string> Events, string Secret, DateTimeOffset CreatedAt);

/// <param name="Secret">The new signing secret: shown this once.</param>
/// <param name="OldSecretUntil">Until then every message has two signatures, of the new and of the old secret.</param>
public sealed record RotatedSecretResponse(string Secret, DateTimeOffset OldSecretUntil);

/// <summary>One message to one webhook.</summary>
/// <param name="MessageId">Header <c>webhook-id</c>: the same over retries and redeliveries.</param>
/// <param name="Payload">The body as it is sent.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="Attempt">Attempts made so far.</param>
/// <param name="NextAttemptAt">Null when no further one is planned.</param>
/// <param name="StatusCode">Of the last answer; null when there was none.</param>
/// <param name="ResponseBody">Beginning of the last answer, at most 2 kB.</param>
/// <param name="Error">Why the last attempt failed.</param>
public sealed record WebhookDeliveryResponse(
    Guid Id,
    string MessageId,
    string Type,
    string Payload,
    string State,
    int Attempt,
    DateTimeOffset? NextAttemptAt,
    int? StatusCode,
    string? ResponseBody,
    string? Error,
    int? DurationMs,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastAttemptAt
);

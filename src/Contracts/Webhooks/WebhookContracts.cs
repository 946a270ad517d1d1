using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Webhooks;

public static partial class WebhookEventTypes;

/// <summary>An address that receives signed messages about events (Standard Webhooks).</summary>
public sealed record CreateWebhookRequest
{
    /// <summary>Address that receives the messages: https, publicly reachable.</summary>
    /// <example>https://hooks.example.org/gpugeek</example>
    [Required, StringLength(2000, MinimumLength = 1)]
    public required string Url { get; init; }

    /// <summary>One or more event types.</summary>
    /// <example>["run.succeeded", "run.failed"]</example>
    [Required, MinLength(1), MaxLength(20)]
    public required IReadOnlyList<string> Events { get; init; }
}

/// <summary>Only the fields to change.</summary>
public sealed record UpdateWebhookRequest
{
    [StringLength(2000, MinimumLength = 1)]
    public string? Url { get; init; }

    [MinLength(1), MaxLength(20)]
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>False: nothing is sent or queued. True also clears the failure counter.</summary>
    public bool? Active { get; init; }
}

/// <param name="DisabledReason">Why it was turned off automatically; null if a person turned it off.</param>
/// <param name="FailingSince">Time of the first failure since the last successful message.</param>
/// <param name="OldSecretUntil">The previous secret also signs messages until then.</param>
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

/// <param name="Secret">The signing secret, <c>whsec_…</c>. Shown only once.</param>
public sealed record CreatedWebhookResponse(Guid Id, string Url, IReadOnlyList<string> Events, string Secret, DateTimeOffset CreatedAt);

/// <param name="Secret">The new signing secret. Shown only once.</param>
/// <param name="OldSecretUntil">Until then, each message has two signatures: with the new and with the old secret.</param>
public sealed record RotatedSecretResponse(string Secret, DateTimeOffset OldSecretUntil);

/// <summary>One message to one webhook.</summary>
/// <param name="MessageId">Header <c>webhook-id</c>. It stays the same for retries and redeliveries.</param>
/// <param name="Payload">The body that is sent.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="Attempt">Number of attempts so far.</param>
/// <param name="NextAttemptAt">Null if no further attempt is planned.</param>
/// <param name="StatusCode">Status code of the last response; null if there was none.</param>
/// <param name="ResponseBody">Beginning of the last response, at most 2 kB.</param>
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

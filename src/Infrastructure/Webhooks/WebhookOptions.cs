using GpuGeek.Domain.Webhooks;

namespace GpuGeek.Infrastructure.Webhooks;

/// <summary>Set by <c>GPUGEEK_WEBHOOK_ALLOW_PRIVATE</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Allows messages to private addresses and over plain http, for operators with internal receivers. Every admin of every
    /// organisation can then reach the internal network: off by default.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>Time limit of one attempt, including the response body.</summary>
    internal TimeSpan Timeout { get; set; } = WebhookDelivery.Timeout;
}

using GpuGeek.Domain.Webhooks;

namespace GpuGeek.Infrastructure.Webhooks;

/// <summary>Set by <c>GPUGEEK_WEBHOOK_ALLOW_PRIVATE</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Messages may go to private addresses and over plain http: for operators whose receivers are inside. Then every admin of
    /// every organisation can reach the inside: off unless set.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>For one attempt, the answer's body included.</summary>
    internal TimeSpan Timeout { get; set; } = WebhookDelivery.Timeout;
}

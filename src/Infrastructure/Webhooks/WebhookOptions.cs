using GpuGeek.Domain.Webhooks;

namespace GpuGeek.Infrastructure.Webhooks;

/// <summary>Set by <c>GPUGEEK_WEBHOOK_ALLOW_PRIVATE</c> and <c>GPUGEEK_KEYS</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Messages may go to private addresses and over plain http: for operators whose receivers are inside. Then every admin of every organisation can reach the inside: off unless set.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>Folder with the file <c>webhooks.key</c>, shared by Api and Worker; without it no webhook can be made.</summary>
    public string? KeysFolder { get; set; }

    /// <summary>For one attempt, the answer's body included.</summary>
    internal TimeSpan Timeout { get; set; } = WebhookDelivery.Timeout;
}

using System.Globalization;
using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Webhooks;

/// <summary>An address that receives events of the organisation.</summary>
public sealed class Webhook : ITenantOwned
{
    public const int MaxPerOrganization = 20;
    public const int MaxUrlLength = 2000;

    /// <summary>After a rotation the previous secret also signs for this long, so that receivers can switch.</summary>
    public static readonly TimeSpan OldSecretSigns = TimeSpan.FromHours(24);

    /// <summary>Number of consecutive failures that turn a webhook off, if the first of them is older than <see cref="GivenUpAfter"/>: a
    /// short outage under load must not turn it off.</summary>
    public const int MaxFailures = 20;
    public static readonly TimeSpan GivenUpAfter = TimeSpan.FromHours(24);

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required string Url { get; set; }

    /// <summary>Of <see cref="Contracts.Webhooks.WebhookEventTypes.All"/>.</summary>
    public required string[] Events { get; set; }
    public bool Active { get; private set; } = true;

    /// <summary>Why it was turned off automatically.</summary>
    public string? DisabledReason { get; private set; }

    /// <summary>Encrypted. It signs messages, and no response except the first contains it.</summary>
    public required byte[] Secret { get; set; }
    public byte[]? OldSecret { get; private set; }
    public DateTimeOffset? OldSecretUntil { get; private set; }

    /// <summary>Failed attempts since the last success.</summary>
    public int Failures { get; private set; }
    public DateTimeOffset? FailingSince { get; private set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    public void Rotate(byte[] secret, DateTimeOffset now)
    {
        OldSecret = Secret;
        OldSecretUntil = now + OldSecretSigns;
        Secret = secret;
    }

    /// <summary>A person turns it on or off; turning it on resets the failures.</summary>
    public void Switch(bool active)
    {
        Active = active;
        DisabledReason = null;
        if (active)
            Recover();
    }

    public void Disable(string reason)
    {
        Active = false;
        DisabledReason = reason;
    }

    public void Recover()
    {
        Failures = 0;
        FailingSince = null;
    }

    /// <returns>Whether this failure turned it off.</returns>
    public bool CountFailure(DateTimeOffset now)
    {
        FailingSince ??= now;
        Failures++;
        if (!Active || Failures < MaxFailures || now - FailingSince < GivenUpAfter)
            return false;
        Disable(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Failures} attempts in a row failed, the first on {FailingSince:yyyy-MM-dd} at {FailingSince:HH:mm} UTC."
            )
        );
        return true;
    }
}

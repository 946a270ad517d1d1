using System.Net;
using System.Net.Sockets;
using GpuGeek.Domain.Common;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Webhooks;

/// <summary>Refuses addresses that can never be used, while somebody can read the reason. The connection itself is checked
/// again.</summary>
public sealed class WebhookUrl(IOptions<WebhookOptions> options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly string[] InsideNames = ["localhost", ".localhost", ".local", ".internal", ".localdomain"];

    /// <returns>The normalised address.</returns>
    /// <exception cref="DomainException"/>
    public async Task<string> CheckAsync(string text, CancellationToken cancellationToken)
    {
        if (
            !Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url)
            || url.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6)
            || text.Any(char.IsControl)
        )
            throw Invalid("This is not a web address.");
        var allowPrivate = options.Value.AllowPrivate;
        if (url.Scheme != Uri.UriSchemeHttps && !(allowPrivate && url.Scheme == Uri.UriSchemeHttp))
            throw Invalid(allowPrivate ? "The address must be http or https." : "The address must be https.");
        if (url.UserInfo.Length > 0)
            throw Invalid("The address contains a name or password before '@'.");
        if (url.Fragment.Length > 0)
            throw Invalid("The address contains a '#' part, which is never sent.");
        if (!allowPrivate && await IsInsideAsync(url, cancellationToken))
            throw new DomainException(
                "private_address",
                $"'{url.Host}' is in a private network or on this machine; messages are sent to public addresses only.",
                "Use an address that is reachable from the internet, or ask the operator to set GPUGEEK_WEBHOOK_ALLOW_PRIVATE."
            );
        return url.AbsoluteUri;
    }

    private static async Task<bool> IsInsideAsync(Uri url, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(url.DnsSafeHost, out var literal))
            return PrivateNetworks.Contains(literal);
        var name = url.IdnHost.TrimEnd('.');
        if (
            InsideNames.Any(n =>
                n[0] == '.' ? name.EndsWith(n, StringComparison.OrdinalIgnoreCase) : name.Equals(n, StringComparison.OrdinalIgnoreCase)
            )
        )
            return true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return (await Dns.GetHostAddressesAsync(name, limit.Token)).Any(PrivateNetworks.Contains);
        }
        catch (Exception unknown)
            when (unknown is SocketException or ArgumentException
                || (unknown is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            // A name that does not exist yet may exist later; its address is checked at every connection.
            return false;
        }
    }

    private static DomainException Invalid(string why) =>
        new("invalid_webhook_url", why, "Use an address such as https://hooks.example.org/gpugeek.");
}

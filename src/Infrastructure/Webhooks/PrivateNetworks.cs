using System.Net;
using System.Net.Sockets;
using Microsoft.Security.AntiSSRF;

namespace GpuGeek.Infrastructure.Webhooks;

/// <summary>Addresses that must not be reachable through us: AntiSSRF's list, and IPv4 addresses in the obsolete form
/// ::a.b.c.d.</summary>
internal static class PrivateNetworks
{
    private const string Compatible = "::/96";
    private static readonly IPNetwork[] Denied = [.. IPAddressRanges.recommendedLatest.Append(Compatible).Select(IPNetwork.Parse)];

    public static bool Contains(IPAddress address)
    {
        var plain =
            address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes())
            : address;
        return Denied.Any(network => network.Contains(plain));
    }

    /// <summary>Checks the address of each connection, after the name was resolved; so a name that changes between two lookups gains
    /// nothing.</summary>
    public static AntiSSRFHandler Handler(bool allowPrivate)
    {
        var policy = new AntiSSRFPolicy(allowPrivate ? PolicyConfigOptions.None : PolicyConfigOptions.ExternalOnlyLatest)
        {
            AllowPlainTextHttp = allowPrivate,
            AddXFFHeader = false,
        };
        if (!allowPrivate)
            policy.AddDeniedAddresses([Compatible]);
        var handler = policy.GetHandler();
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        handler.ConnectTimeout = TimeSpan.FromSeconds(10);
        handler.ResponseDrainTimeout = TimeSpan.FromMilliseconds(100);
        // A name whose address changes is resolved again.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(1);
        handler.MaxResponseHeadersLength = 16;
        return handler;
    }
}

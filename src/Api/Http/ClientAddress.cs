using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Http;

/// <summary>The client's address: the one forwarded by the front door with the shared secret, else the address of the connection. Headers
/// from other senders are not trusted.</summary>
internal static class ClientAddress
{
    private const string AddressHeader = "X-GpuGeek-Client",
        SecretHeader = "X-GpuGeek-Front";

    public static string Of(HttpContext context)
    {
        var secret = context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.FrontSecret;
        var given = context.Request.Headers[SecretHeader].ToString();
        if (
            secret is { Length: > 0 }
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(secret))
            && context.Request.Headers[AddressHeader].ToString() is { Length: > 0 } address
        )
            return address;
        return context.Connection.RemoteIpAddress?.ToString() ?? "local";
    }

    /// <summary>The network of a client: a home or a machine usually gets a /64 of IPv6 and can use any address in it.</summary>
    public static string NetworkOf(HttpContext context)
    {
        var text = Of(context);
        if (!IPAddress.TryParse(text, out var address))
            return text;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return $"{new IPAddress(bytes)}/64";
    }
}

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Http;

/// <summary>Where a request came from: the front door's word beside the shared secret, else the connection's own address. Headers of
/// strangers are not believed.</summary>
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

    /// <summary>Whose address it is, as far as anybody can tell: a home or a machine is given a /64 of IPv6 and may use any address of
    /// it.</summary>
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

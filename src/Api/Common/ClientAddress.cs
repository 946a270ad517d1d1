using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Common;

/// <summary>Where a request came from: the front door's word beside the shared secret, else the connection's own address. Headers of strangers are not believed.</summary>
internal static class ClientAddress
{
    private const string AddressHeader = "X-GpuGeek-Client", SecretHeader = "X-GpuGeek-Front";

    public static string Of(HttpContext context)
    {
        var secret = context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.FrontSecret;
        var given = context.Request.Headers[SecretHeader].ToString();
        if (secret is { Length: > 0 } && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(secret))
            && context.Request.Headers[AddressHeader].ToString() is { Length: > 0 } address)
            return address;
        return context.Connection.RemoteIpAddress?.ToString() ?? "local";
    }
}

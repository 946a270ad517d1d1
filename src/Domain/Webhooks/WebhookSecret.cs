using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GpuGeek.Domain.Webhooks;

/// <summary>Secrets and signatures according to Standard Webhooks 1.0 (https://www.standardwebhooks.com).</summary>
public static class WebhookSecret
{
    public const string Prefix = "whsec_";

    /// <summary>Bytes of a secret; the specification allows 24 to 64.</summary>
    private const int Bytes = 32;

    /// <returns><c>whsec_</c> and base64 of 32 random bytes.</returns>
    public static string Create() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>One signature: <c>v1,</c> and base64 of HMAC-SHA256 over id, time and body with dots between.</summary>
    /// <param name="secret">A secret from <see cref="Create"/>.</param>
    /// <param name="id">Header <c>webhook-id</c>.</param>
    /// <param name="timestamp">Header <c>webhook-timestamp</c>: whole seconds since 1970.</param>
    /// <param name="body">The bytes that are sent, unchanged.</param>
    public static string Sign(string secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        return "v1,"
            + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), (byte[])[.. head, .. body]));
    }
}

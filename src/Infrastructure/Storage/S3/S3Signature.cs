using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>AWS Signature Version 4 for the service <c>s3</c>: in headers for our own requests, in the query for issued
/// addresses.</summary>
internal sealed class S3Signature(string accessKey, string secretKey, string region)
{
    public const string UnsignedPayload = "UNSIGNED-PAYLOAD";
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Signs all headers of the request, and the host.</summary>
    public void Sign(HttpRequestMessage request, S3Address address, string payloadHash, DateTimeOffset now)
    {
        request.Headers.TryAddWithoutValidation("x-amz-date", Time(now));
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", payloadHash);
        var headers = request
            .Headers.Select(h => (Name: h.Key.ToLowerInvariant(), Value: string.Join(',', h.Value).Trim()))
            .Append(("host", address.Host))
            .OrderBy(h => h.Item1, StringComparer.Ordinal)
            .ToList();
        var signature = Signature(request.Method, address, headers, payloadHash, now);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{Algorithm} Credential={accessKey}/{Scope(now)}, SignedHeaders={Names(headers)}, Signature={signature}"
        );
    }

    public Uri Presign(HttpMethod method, S3Address address, TimeSpan lifetime, DateTimeOffset now)
    {
        List<(string, string)> headers = [("host", address.Host)];
        var signed = address with
        {
            Query =
            [
                .. address.Query,
                ("X-Amz-Algorithm", Algorithm),
                ("X-Amz-Credential", $"{accessKey}/{Scope(now)}"),
                ("X-Amz-Date", Time(now)),
                ("X-Amz-Expires", ((long)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
                ("X-Amz-SignedHeaders", "host"),
            ],
        };
        var signature = Signature(method, signed, headers, UnsignedPayload, now);
        return (signed with { Query = [.. signed.Query, ("X-Amz-Signature", signature)] }).ToUri();
    }

    private string Signature(
        HttpMethod method,
        S3Address address,
        List<(string Name, string Value)> headers,
        string payloadHash,
        DateTimeOffset now
    )
    {
        var canonical = new StringBuilder()
            .Append(method.Method)
            .Append('\n')
            .Append(address.Path)
            .Append('\n')
            .Append(address.QueryText)
            .Append('\n');
        foreach (var (name, value) in headers)
            canonical.Append(name).Append(':').Append(value).Append('\n');
        canonical.Append('\n').Append(Names(headers)).Append('\n').Append(payloadHash);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
        var text = $"{Algorithm}\n{Time(now)}\n{Scope(now)}\n{hash}";
        var key = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + secretKey), Day(now)), region), "s3"), "aws4_request");
        return Convert.ToHexStringLower(Hmac(key, text));
    }

    private string Scope(DateTimeOffset now) => $"{Day(now)}/{region}/s3/aws4_request";

    private static string Names(List<(string Name, string Value)> headers) => string.Join(';', headers.Select(h => h.Name));

    private static string Day(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}

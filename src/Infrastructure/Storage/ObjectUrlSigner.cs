using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>The permission in a signed address.</summary>
/// <param name="FileName">File name for the download.</param>
public sealed record ObjectGrant(string Key, string FileName, DateTimeOffset Until);

/// <summary>
/// Tokens <c>base64url(grant, HMAC-SHA256(grant))</c>. The grant contains expiry, key and file name, so none of them can be
/// changed; only the exact encoding that was signed is accepted.
/// </summary>
/// <param name="secret">32 random bytes.</param>
public sealed class ObjectUrlSigner(byte[] secret, TimeProvider clock)
{
    private const string Version = "gpugeek-object-2";

    public string Sign(string key, string fileName, TimeSpan lifetime)
    {
        // Whole seconds, rounded up: an address is valid at least as long as requested.
        var until = clock.GetUtcNow().Add(lifetime).AddTicks(TimeSpan.TicksPerSecond - 1).ToUnixTimeSeconds();
        var grant = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Version}\n{until}\n{key}\n{fileName}"));
        return Base64Url.EncodeToString([.. grant, .. HMACSHA256.HashData(secret, grant)]);
    }

    /// <returns>Null if the token was not issued by us. The caller checks the expiry.</returns>
    public ObjectGrant? Read(string token)
    {
        if (!Base64Url.IsValid(token))
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        // Spare bits, padding and white space would allow several encodings of one token.
        if (bytes.Length <= HMACSHA256.HashSizeInBytes || Base64Url.EncodeToString(bytes) != token)
            return null;
        var grant = bytes.AsSpan()[..^HMACSHA256.HashSizeInBytes];
        var mac = bytes.AsSpan()[^HMACSHA256.HashSizeInBytes..];
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, grant), mac))
            return null;
        return Encoding.UTF8.GetString(grant).Split('\n', 4) is [Version, var until, var key, var fileName]
            ? new(key, fileName, DateTimeOffset.FromUnixTimeSeconds(long.Parse(until, CultureInfo.InvariantCulture)))
            : null;
    }

    public bool HasEnded(ObjectGrant grant) =>
        clock.GetUtcNow() > grant.Until || grant.Until - clock.GetUtcNow() > IObjectUrls.MaxLifetime + TimeSpan.FromMinutes(1);
}

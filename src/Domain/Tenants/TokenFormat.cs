using System.Security.Cryptography;
using System.Text;

namespace GpuGeek.Domain.Tenants;

/// <summary>
/// <c>gg_&lt;kind&gt;_&lt;43 random characters&gt;&lt;6 of checksum&gt;</c>. With the prefix and the CRC-32, a scanner can find leaked
/// tokens with few false alarms (GitHub's format, 2021), and mistyped tokens are refused without a database query.
/// </summary>
public static class TokenFormat
{
    private const int RandomLength = 43; // 43 of 62 letters: 256 bits
    private const int ChecksumLength = 6; // 62^6 > 2^32
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string Prefix(TokenKind kind) =>
        kind switch
        {
            TokenKind.Session => "gg_s_",
            TokenKind.ApiKey => "gg_k_",
            TokenKind.Setup => "gg_setup_",
            TokenKind.SignInLink => "gg_link_",
            TokenKind.Invitation => "gg_invite_",
            TokenKind.PasswordReset => "gg_reset_",
            TokenKind.ShareLink => "gg_share_",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    public static string Create(TokenKind kind)
    {
        var body = Prefix(kind) + RandomNumberGenerator.GetString(Alphabet, RandomLength);
        return body + Checksum(body);
    }

    /// <summary>False for a text that cannot be an issued token: wrong prefix, length, alphabet or checksum.</summary>
    public static bool TryParse(string? token, out TokenKind kind)
    {
        foreach (var candidate in Enum.GetValues<TokenKind>())
        {
            var prefix = Prefix(candidate);
            if (
                token is null
                || token.Length != prefix.Length + RandomLength + ChecksumLength
                || !token.StartsWith(prefix, StringComparison.Ordinal)
            )
                continue;
            kind = candidate;
            var body = token[..^ChecksumLength];
            return CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Checksum(body)),
                Encoding.UTF8.GetBytes(token[^ChecksumLength..])
            );
        }
        kind = default;
        return false;
    }

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The part that a list may show: the prefix and four characters.</summary>
    public static string Recognizable(string token) => token[..(token.LastIndexOf('_') + 5)];

    private static string Checksum(string body)
    {
        var crc = uint.MaxValue;
        foreach (var b in Encoding.UTF8.GetBytes(body))
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
        }
        crc = ~crc;
        Span<char> text = stackalloc char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(crc % 62)];
            crc /= 62;
        }
        return new string(text);
    }
}

using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Accounts;
using OtpNet;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Codes of an authenticator app (RFC 6238: 30 s, six digits) and recovery codes. Each is valid once.</summary>
internal static class SecondFactors
{
    public const int RecoveryCodeCount = 10;
    private const int SecretBytes = 20,
        RecoveryLength = 16;

    // Without letters and digits that look alike.
    private const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";
    private static readonly VerificationWindow OneStepEitherWay = new(1, 1);

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static string Uri(byte[] secret, string email, string host) =>
        new OtpUri(OtpType.Totp, secret, email, $"GpuGeek {host}").ToString();

    public static string Typed(byte[] secret) => Base32Encoding.ToString(secret);

    /// <summary>Consumes the code if it is valid. The caller saves.</summary>
    public static bool TakeCode(SecondFactor factor, byte[] secret, string code, DateTimeOffset now)
    {
        var digits = code.Replace(" ", "", StringComparison.Ordinal);
        if (
            digits.Length != 6
            || !new Totp(secret).VerifyTotp(now.UtcDateTime, digits, out var step, OneStepEitherWay)
            || step <= factor.LastStep
        )
            return false;
        factor.LastStep = step;
        return true;
    }

    /// <summary>Consumes a recovery code. The caller saves.</summary>
    public static bool TakeRecoveryCode(SecondFactor factor, string code)
    {
        var hash = Hash(code);
        var left = factor.RecoveryCodes.Where(known => !CryptographicOperations.FixedTimeEquals(known, hash)).ToArray();
        var taken = left.Length < factor.RecoveryCodes.Length;
        factor.RecoveryCodes = left;
        return taken;
    }

    /// <summary>Creates new recovery codes that replace the old ones. Each has 79 bits of entropy, so a plain hash is enough to store
    /// them.</summary>
    public static IReadOnlyList<string> Renew(SecondFactor factor)
    {
        var codes = Enumerable.Range(0, RecoveryCodeCount).Select(_ => RandomNumberGenerator.GetString(Alphabet, RecoveryLength)).ToList();
        factor.RecoveryCodes = [.. codes.Select(Hash)];
        return [.. codes.Select(c => string.Join('-', c.Chunk(4).Select(part => new string(part))))];
    }

    private static byte[] Hash(string code) =>
        SHA256.HashData(
            Encoding.UTF8.GetBytes(
                code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()
            )
        );
}

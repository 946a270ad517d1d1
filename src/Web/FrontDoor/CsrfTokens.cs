using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace GpuGeek.Web.FrontDoor;

/// <summary>A token that only this installation can create, valid for one session.</summary>
internal sealed class CsrfTokens(IDataProtectionProvider keys)
{
    private readonly IDataProtector _protector = keys.CreateProtector("GpuGeek.Web.Csrf");

    public string Create(string session) => Convert.ToBase64String(_protector.Protect(Hash(session)));

    public bool Matches(string? token, string session)
    {
        if (string.IsNullOrEmpty(token))
            return false;
        try
        {
            return CryptographicOperations.FixedTimeEquals(_protector.Unprotect(Convert.FromBase64String(token)), Hash(session));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            // Forged, or of a deleted key ring: invalid.
            return false;
        }
    }

    private static byte[] Hash(string session) => SHA256.HashData(Encoding.UTF8.GetBytes(session));
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Security;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Accounts;

/// <summary>Short statements about a sign-in that callers keep for us: nobody else can make or read one, and one made for a purpose opens
/// for no other.</summary>
public sealed class SignInTickets(IOptions<KeyFolderOptions> options)
{
    private readonly SecretBox _box = new(
        options.Value.Folder,
        "sign-in.key",
        () => new("second_factor_not_set_up", "This installation has no key folder.", "Ask the operator to set GPUGEEK_KEYS.")
    );

    /// <summary>Without a key folder no ticket can be made.</summary>
    public bool ArePossible => _box.HasFolder;

    /// <param name="purpose">What the ticket is for, and whose it is as far as that is known when it comes back.</param>
    public string Seal(string purpose, ReadOnlySpan<byte> content) =>
        Base64Url.EncodeToString(_box.Seal(Encoding.UTF8.GetBytes(purpose), content));

    /// <returns>Null: not one of ours, damaged, or made for another purpose.</returns>
    public byte[]? Open(string purpose, string ticket)
    {
        if (!ArePossible)
            return null;
        try
        {
            return _box.Open(Encoding.UTF8.GetBytes(purpose), Base64Url.DecodeFromChars(ticket));
        }
        catch (Exception foreign) when (foreign is CryptographicException or FormatException)
        {
            return null;
        }
    }
}

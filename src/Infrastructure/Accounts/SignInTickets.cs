using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Security;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Accounts;

/// <summary>Encrypted statements about a sign-in that callers keep: nobody else can create or read one, and one created for a purpose is
/// invalid for any other.</summary>
public sealed class SignInTickets(IOptions<KeyFolderOptions> options)
{
    private readonly SecretBox _box = new(
        options.Value.Folder,
        "sign-in.key",
        () => new("second_factor_not_set_up", "This installation has no key folder.", "Ask the operator to set GPUGEEK_KEYS.")
    );

    /// <summary>Without a key folder no ticket can be created.</summary>
    public bool ArePossible => _box.HasFolder;

    /// <param name="purpose">Purpose of the ticket, and its owner as far as known when it is sent back.</param>
    public string Seal(string purpose, ReadOnlySpan<byte> content) =>
        Base64Url.EncodeToString(_box.Seal(Encoding.UTF8.GetBytes(purpose), content));

    /// <returns>Null: not issued by us, damaged, or created for another purpose.</returns>
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

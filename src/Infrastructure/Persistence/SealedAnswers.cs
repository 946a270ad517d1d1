using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Security;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>Encrypts the first responses to creating requests: the database alone reveals no key and no link in them.</summary>
public sealed class SealedAnswers(IOptions<KeyFolderOptions> options)
{
    private readonly SecretBox _box = new(
        options.Value.Folder,
        "answers.key",
        () =>
            new(
                "keys_not_set_up",
                "This installation has no key folder, so responses cannot be stored.",
                "Ask the operator to set GPUGEEK_KEYS."
            )
    );

    /// <returns>Null if the installation has no key folder: the response is not stored, rather than stored in plain text.</returns>
    public byte[]? Seal(string key, byte[] body) => _box.HasFolder ? _box.Seal(Encoding.ASCII.GetBytes(key), body) : null;

    /// <returns>Null if it was not stored or cannot be decrypted, because the key folder is another one or only the database was
    /// restored.</returns>
    public byte[]? Open(string key, byte[]? kept)
    {
        if (kept is null || !_box.HasFolder)
            return null;
        try
        {
            return _box.Open(Encoding.ASCII.GetBytes(key), kept);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    internal SecretBox Box => _box;

    internal byte[]? Reseal(IdempotencyKey answer) =>
        answer.Body is { } body ? _box.Reseal(Encoding.ASCII.GetBytes(answer.Key), body) : null;
}

using System.Security.Cryptography;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>Hashes the bytes that are read or written if the key contains a hash; otherwise does nothing.</summary>
internal sealed class ContentCheck(string key) : IDisposable
{
    private readonly string? _expected = ObjectKeys.ContentHash(key);
    private readonly IncrementalHash? _hash = ObjectKeys.ContentHash(key) is null
        ? null
        : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(ReadOnlySpan<byte> bytes) => _hash?.AppendData(bytes);

    /// <exception cref="DamagedObjectException">The bytes do not match the key.</exception>
    public void Finish()
    {
        if (_hash is not null && Convert.ToHexStringLower(_hash.GetHashAndReset()) != _expected)
            throw new DamagedObjectException(key);
    }

    public static async Task CheckAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        if (
            ObjectKeys.ContentHash(key) is { } expected
            && Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) != expected
        )
            throw new DamagedObjectException(key);
    }

    public void Dispose() => _hash?.Dispose();
}

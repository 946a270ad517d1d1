using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>The hash of a request's body that its client has announced.</summary>
internal sealed class BodyChecksum : IDisposable
{
    public const string Algorithms = "sha1,sha256";

    private readonly byte[] _announced;
    private readonly IncrementalHash _hash;

    private BodyChecksum(HashAlgorithmName algorithm, byte[] announced) =>
        (_hash, _announced) = (IncrementalHash.CreateHash(algorithm), announced);

    /// <returns>Null: none is announced.</returns>
    /// <exception cref="Domain.Common.DomainException"><c>bad_upload_header</c></exception>
    public static BodyChecksum? Read(StringValues header)
    {
        if (header.Count == 0)
            return null;
        if (header.ToString().Split(' ') is not [var name, var value] || Algorithm(name) is not { } algorithm)
            throw Tus.Bad(Tus.Checksum, $"must be an algorithm ({Algorithms}) and a hash in base64");
        var announced = new byte[64];
        return Convert.TryFromBase64String(value, announced, out var length)
            ? new(algorithm, announced[..length])
            : throw Tus.Bad(Tus.Checksum, "has a hash that is not base64");
    }

    public void Add(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Called once, after the last byte.</summary>
    public bool Matches() => _hash.GetHashAndReset().AsSpan().SequenceEqual(_announced);

    public void Dispose() => _hash.Dispose();

    private static HashAlgorithmName? Algorithm(string name) =>
        name switch
        {
            "sha1" => HashAlgorithmName.SHA1,
            "sha256" => HashAlgorithmName.SHA256,
            _ => null,
        };
}

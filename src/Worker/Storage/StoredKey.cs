using System.Buffers.Binary;
using System.Globalization;

namespace GpuGeek.Worker.Storage;

/// <summary>A SHA-256 in 32 bytes: as text, a million pictures would take several times as much memory.</summary>
internal readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
{
    public byte[] ToBytes()
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), D);
        return bytes;
    }

    /// <returns>Null if it is not 64 hex digits.</returns>
    public static Digest? Parse(string hex)
    {
        Span<byte> bytes = stackalloc byte[32];
        if (hex.Length != 64 || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return null;
        return new(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..])
        );
    }
}

/// <summary>The kind of object that a key of <see cref="Domain.Storage.ObjectKeys"/> names.</summary>
internal abstract record StoredKey
{
    /// <summary>A picture, its thumbnail, a manifest or a model's file: named by a hash.</summary>
    public sealed record Content(Digest Digest) : StoredKey;

    /// <summary>An upload of an import or a weights file that has not been processed, or a part of it.</summary>
    public sealed record Upload(Guid Id) : StoredKey;

    public sealed record OfRun(Guid Run, long Fence) : StoredKey;

    /// <summary>A kind that this version does not know: the janitor leaves it alone.</summary>
    public sealed record Unknown : StoredKey;

    /// <returns>The organisation, or null if the key belongs to none.</returns>
    public static Guid? Organisation(string key) =>
        key.Split('/', 3) is ["orgs", var org, _] && Guid.TryParseExact(org, "N", out var id) ? id : null;

    public static StoredKey Parse(string key) =>
        key.Split('/') switch
        {
            [_, _, "sha256" or "thumbnails", _, var hash] when Digest.Parse(hash) is { } digest => new Content(digest),
            [_, _, "uploads", var upload] when Guid.TryParseExact(upload.Split('-')[0], "N", out var id) => new Upload(id),
            [_, _, "runs", var run, var fence, ..]
                when Guid.TryParseExact(run, "N", out var id)
                    && long.TryParse(fence, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new OfRun(id, number),
            _ => new Unknown(),
        };
}

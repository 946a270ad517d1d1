using GpuGeek.Infrastructure.Storage;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>First the bytes that were read for inspection, then the rest.</summary>
internal sealed class PrefixedStream(byte[] prefix, Stream rest) : BodyStream
{
    private int _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == prefix.Length)
            return await rest.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, prefix.Length - _position);
        prefix.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }
}

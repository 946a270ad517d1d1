using GpuGeek.Infrastructure.Storage;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>A request's body, read part by part. A connection that breaks ends it, and what came before is kept.</summary>
internal sealed class BodyParts(Stream body, BodyChecksum? checksum)
{
    private readonly byte[] _ahead = new byte[4096];
    private int _start;
    private int _end;
    private bool _hasEnded;

    /// <summary>The body ended before the client had sent all of it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The next bytes, without taking them; fewer where the body ends.</summary>
    /// <param name="count">At most 4096.</param>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count)
    {
        if (_end - _start < count && _start > 0)
        {
            _ahead.AsSpan(_start, _end - _start).CopyTo(_ahead);
            (_start, _end) = (0, _end - _start);
        }
        while (_end - _start < count && !_hasEnded)
            _end += await ReceiveAsync(_ahead.AsMemory(_end));
        return _ahead.AsMemory(_start, Math.Min(count, _end - _start));
    }

    /// <summary>A stream over at most this many of the next bytes; read it to its end before the next one.</summary>
    public Stream Next(long bytes) => new Part(this, bytes);

    private async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (_end == _start)
            return _hasEnded ? 0 : await ReceiveAsync(buffer);
        var count = Math.Min(buffer.Length, _end - _start);
        _ahead.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            // Without the request's own token: what has arrived when the client leaves is stored.
            var count = await body.ReadAsync(buffer, CancellationToken.None);
            _hasEnded = count == 0;
            checksum?.Add(buffer.Span[..count]);
            return count;
        }
        catch (Exception left) when (left is IOException or OperationCanceledException)
        {
            _hasEnded = IsBroken = true;
            return 0;
        }
    }

    private sealed class Part(BodyParts whole, long bytes) : BodyStream
    {
        private long _left = bytes;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0 || buffer.Length == 0)
                return 0;
            var count = await whole.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)]);
            _left -= count;
            return count;
        }
    }
}

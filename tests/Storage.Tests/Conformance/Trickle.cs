namespace GpuGeek.Storage.Tests.Conformance;

/// <summary>A forward stream of known bytes and unknown length, in uneven pieces; at its end, or on its way, something may
/// happen.</summary>
internal sealed class Trickle(
    long size,
    Exception? breaks = null,
    Action? atEnd = null,
    long at = long.MaxValue,
    Func<CancellationToken, Task>? halt = null
) : Stream
{
    private long _position;

    public static byte[] At(long offset, int count) => [.. Enumerable.Range(0, count).Select(i => Byte(offset + i))];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (halt is not null && _position >= at)
            await halt(cancellationToken);
        if (_position == size)
        {
            if (breaks is not null)
                throw breaks;
            atEnd?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            return 0;
        }
        var count = (int)Math.Min(Math.Min(buffer.Length, 77_777), size - _position);
        for (var i = 0; i < count; i++)
            buffer.Span[i] = Byte(_position + i);
        _position += count;
        return count;
    }

    private static byte Byte(long position) => (byte)((position * 2654435761L) >> 13);

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Servers refuse to be read this way.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>A seekable stream that waits in the middle, once.</summary>
internal sealed class PausingStream(byte[] bytes, int at) : MemoryStream(bytes)
{
    private readonly TaskCompletionSource _reached = new();
    private readonly TaskCompletionSource _continued = new();

    public Task Reached => _reached.Task;

    public void Continue() => _continued.SetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= at)
        {
            _reached.TrySetResult();
            await _continued.Task.WaitAsync(cancellationToken);
        }
        return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 << 20)], cancellationToken);
    }
}

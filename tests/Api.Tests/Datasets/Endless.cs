namespace GpuGeek.Api.Tests.Datasets;

/// <summary>A ZIP-like stream of unknown length that can fail at the end.</summary>
internal sealed class Endless(int length, bool broken) : Stream
{
    private int _position;

    public Func<Task> BeforeTheEnd { get; init; } = () => Task.CompletedTask;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == length)
        {
            await BeforeTheEnd();
            return broken ? throw new IOException("The cable was pulled.") : 0;
        }
        var count = Math.Min(buffer.Length, length - _position);
        buffer.Span[..count].Clear();
        if (_position == 0)
            "PK\u0003\u0004"u8.CopyTo(buffer.Span);
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

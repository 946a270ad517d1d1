namespace GpuGeek.Infrastructure.Storage;

/// <summary>A read-only stream from beginning to end.</summary>
public abstract class ForwardStream : Stream
{
    public sealed override bool CanRead => true;
    public sealed override bool CanSeek => false;
    public sealed override bool CanWrite => false;
    public sealed override long Length => throw new NotSupportedException("The length of this stream is unknown.");
    public sealed override long Position
    {
        get => throw CannotSeek();
        set => throw CannotSeek();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public sealed override void Flush() { }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw CannotSeek();

    public sealed override void SetLength(long value) => throw new NotSupportedException("This stream is read-only.");

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("This stream is read-only.");

    private static NotSupportedException CannotSeek() => new("This stream cannot seek.");
}

/// <summary>The same for a request body, which can only be read asynchronously: a thread that waits for a slow sender is not available
/// for other work.</summary>
public abstract class BodyStream : ForwardStream
{
    public sealed override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Request bodies are read asynchronously.");
}

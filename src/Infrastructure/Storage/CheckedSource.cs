namespace GpuGeek.Infrastructure.Storage;

/// <summary>
/// Bytes on their way into a store. The last of them, or the end, are given out only if the length and the hash in the key are right, so a
/// writer that has read everything may keep it.
/// </summary>
/// <param name="inner">Belongs to the caller.</param>
/// <param name="length">Null: until the stream ends.</param>
/// <param name="canceled">For a writer that reads without a token.</param>
internal sealed class CheckedSource(string key, Stream inner, long? length, CancellationToken canceled) : ForwardStream
{
    private readonly ContentCheck _check = new(key);
    private long _read;
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.Length == 0)
            return 0;
        var token = cancellationToken.CanBeCanceled ? cancellationToken : canceled;
        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - _read ?? long.MaxValue)], token);
        _check.Add(buffer.Span[..read]);
        _read += read;
        if (read == 0 && _read < length)
            throw new EndOfStreamException($"The bytes for '{key}' ended after {_read} of {length}.");
        if (length is null ? read == 0 : _read == length)
            await EndAsync(token);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _check.Dispose();
        base.Dispose(disposing);
    }

    private async Task EndAsync(CancellationToken token)
    {
        // A source may refuse at its end, for example because the sender has lost its claim.
        if (length is not null && await inner.ReadAsync(new byte[1], token) != 0)
            throw new IOException($"There are more than {length} bytes for '{key}'.");
        _check.Finish();
        _ended = true;
    }
}

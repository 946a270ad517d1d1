using System.Security.Cryptography;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>
/// The body of a response. Complete content-addressed objects are checked: the last bytes are returned only if the hash matches, so a
/// reader cannot mistake a damaged object for a complete one. If the service stops sending, the read fails with a timeout.
/// </summary>
internal sealed class S3BodyStream(string key, HttpResponseMessage response, Stream body, bool whole) : ForwardStream
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ContentCheck? _check = whole ? new(key) : null;
    private readonly long _length =
        response.Content.Headers.ContentLength ?? throw new ObjectStoreException($"The object store sent '{key}' without its length.");
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
            return 0;
        if (_read == _length && _length > 0)
            return 0;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        int read;
        try
        {
            read = await body.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException silent) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException($"Timeout while the object store sent '{key}'.", silent);
        }
        if (read == 0 && _read < _length)
            throw new ObjectStoreException($"The connection to the object store failed after {_read} of {_length} bytes of '{key}'.");
        _check?.Add(buffer.Span[..read]);
        _read += read;
        if (_read == _length)
            Finish(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _check?.Dispose();
            body.Dispose();
            response.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Finish(Span<byte> last)
    {
        try
        {
            _check?.Finish();
        }
        catch (DamagedObjectException)
        {
            CryptographicOperations.ZeroMemory(last);
            throw;
        }
    }
}

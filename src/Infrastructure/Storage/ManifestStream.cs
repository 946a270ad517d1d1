using GpuGeek.Domain.Datasets;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>The manifest of pictures, written while it is read.</summary>
public sealed class ManifestStream(VersionPictures pictures) : ForwardStream
{
    private readonly IEnumerator<ReadOnlyMemory<byte>> _blocks = Manifest.Write(pictures).GetEnumerator();
    private ReadOnlyMemory<byte> _rest;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty && _blocks.MoveNext())
            _rest = _blocks.Current;
        var read = Math.Min(buffer.Length, _rest.Length);
        _rest[..read].CopyTo(buffer);
        _rest = _rest[read..];
        return ValueTask.FromResult(read);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _blocks.Dispose();
        base.Dispose(disposing);
    }
}

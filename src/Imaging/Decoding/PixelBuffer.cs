using System.Buffers;
using System.Runtime.InteropServices;

namespace GpuGeek.Imaging.Decoding;

/// <summary>
/// Bytes that are not cleared and are released immediately. Small buffers come from the shared pool; a large one is returned to the
/// system, because the pool would keep hundreds of megabytes per thread after one large picture.
/// </summary>
internal sealed unsafe class PixelBuffer : IDisposable
{
    private const int LargestPooled = 16 << 20;
    private byte[]? _pooled;
    private byte* _native;

    public PixelBuffer(int length)
    {
        Length = length;
        if (length <= LargestPooled)
            _pooled = ArrayPool<byte>.Shared.Rent(length);
        else
            _native = (byte*)NativeMemory.Alloc((nuint)length);
    }

    public int Length { get; }

    public Span<byte> Span =>
        _pooled is not null ? _pooled.AsSpan(0, Length)
        : _native is not null ? new Span<byte>(_native, Length)
        : throw new ObjectDisposedException(nameof(PixelBuffer));

    public void Dispose()
    {
        if (_pooled is not null)
            ArrayPool<byte>.Shared.Return(_pooled);
        NativeMemory.Free(_native);
        _pooled = null;
        _native = null;
    }
}

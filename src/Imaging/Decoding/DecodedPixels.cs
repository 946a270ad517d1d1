namespace GpuGeek.Imaging.Decoding;

/// <summary>RGB pixels of a decoded picture in a pooled buffer.</summary>
internal sealed class DecodedPixels(int width, int height) : IDisposable
{
    private readonly PixelBuffer _buffer = new(checked(width * height * 3));

    public int Width { get; } = width;

    public int Height { get; } = height;

    public Span<byte> Span => _buffer.Span;

    public void Dispose() => _buffer.Dispose();
}

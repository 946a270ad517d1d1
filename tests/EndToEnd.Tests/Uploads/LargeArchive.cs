using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;

namespace GpuGeek.EndToEnd.Tests.Uploads;

/// <summary>
/// An archive that is made while it is sent and never exists as a whole here: pictures that differ in a comment of several megabytes, and
/// one large file that is no picture.
/// </summary>
internal sealed class LargeArchive(byte[] jpeg, int pictures, long noise) : HttpContent
{
    public const int PictureBytes = 4 << 20;
    private const int SegmentBytes = 65_000;

    public long Sent { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using var counted = new CountingStream(stream, sent => Sent = sent);
        await using var archive = await ZipArchive.CreateAsync(counted, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null);
        for (var i = 0; i < pictures; i++)
        {
            await using var entry = await archive
                .CreateEntry($"large/{(i % 2 == 0 ? "even" : "odd")}/{i:00000}.jpg", CompressionLevel.NoCompression)
                .OpenAsync();
            await WritePictureAsync(entry, i);
        }
        await using var other = await archive.CreateEntry("large/even/noise.bin", CompressionLevel.NoCompression).OpenAsync();
        var block = RandomNumberGenerator.GetBytes(1 << 20);
        for (var left = noise; left > 0; left -= block.Length)
            await other.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <summary>The picture with comments between its start marker and the rest: as valid as before.</summary>
    private async Task WritePictureAsync(Stream entry, int number)
    {
        await entry.WriteAsync(jpeg.AsMemory(0, 2));
        var segment = new byte[SegmentBytes + 2];
        (segment[0], segment[1], segment[2], segment[3]) = (0xFF, 0xFE, SegmentBytes >> 8, SegmentBytes & 0xFF);
        BitConverter.TryWriteBytes(segment.AsSpan(4), number);
        for (var written = 0; written < PictureBytes; written += segment.Length)
            await entry.WriteAsync(segment);
        await entry.WriteAsync(jpeg.AsMemory(2));
    }

    private sealed class CountingStream(Stream inner, Action<long> tell) : Stream
    {
        private long _written;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            inner.Write(buffer, offset, count);
            tell(_written += count);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            tell(_written += buffer.Length);
        }
    }
}

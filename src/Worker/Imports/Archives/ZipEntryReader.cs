using System.IO.Compression;
using GpuGeek.Domain.Common.Formats;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Worker.Imports.Archives;

/// <summary>Unpacks one entry into memory and checks it against its directory entry. May be called from several threads.</summary>
internal static class ZipEntryReader
{
    /// <param name="entry">At most 64 MiB: the caller skips larger ones.</param>
    /// <exception cref="ArchiveException"/>
    public static byte[] Read(SafeFileHandle file, ZipEntryRecord entry)
    {
        using var packed = new FileWindow(file, DataStart(file, entry), entry.Packed);
        var bytes = new byte[entry.Size];
        try
        {
            Stream data = packed;
            if (entry.Method == ZipEntryRecord.Deflated)
                data = new DeflateStream(packed, CompressionMode.Decompress, leaveOpen: true);
            var read = data.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read != bytes.Length || data.ReadByte() != -1)
                throw Wrong(entry, "does not have the size in the directory");
        }
        catch (InvalidDataException)
        {
            throw Wrong(entry, "cannot be unpacked");
        }
        return Crc32.Of(bytes) == entry.Crc ? bytes : throw Wrong(entry, "does not match its checksum");
    }

    private static long DataStart(SafeFileHandle file, ZipEntryRecord entry)
    {
        try
        {
            var header = ZipLocalHeader.Read(file, entry.Offset);
            return ZipEntries.Decode(header.Name.Span) == entry.Name && header.Method == entry.Method
                ? header.DataStart
                : throw Wrong(entry, "has a different name or compression in its own header");
        }
        catch (ZipException)
        {
            throw Wrong(entry, "is not where the directory says");
        }
    }

    private static ArchiveException Wrong(ZipEntryRecord entry, string what) =>
        ArchiveException.Damaged($"The entry '{ArchiveException.Shown(entry.Name)}' {what}.");
}

/// <summary>A part of a file as a stream.</summary>
internal sealed class FileWindow(SafeFileHandle file, long start, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _position);
        if (wanted <= 0)
            return 0;
        var read = RandomAccess.Read(file, buffer[..wanted], start + _position);
        if (read == 0)
            throw ArchiveException.Damaged("It is truncated.");
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

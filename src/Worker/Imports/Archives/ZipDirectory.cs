using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Worker.Imports.Archives;

/// <summary>
/// Reads a ZIP's central directory strictly. .NET's ZipArchive accepts overlapping entries, names that differ between the two headers,
/// and wrong checksums. An archive that two programs read differently can pass a check and still be harmful. Format: PKWARE APPNOTE
/// 6.3.10.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndMark = 0x06054b50;
    private const uint End64Mark = 0x06064b50;
    private const uint Locator64Mark = 0x07064b50;
    private const uint EntryMark = 0x02014b50;
    private const int EndSize = 22;
    private const int EntrySize = 46;
    private const int MaxComment = 65_535;
    private const int MaxDirectoryBytes = 256 << 20;

    /// <exception cref="ArchiveException"/>
    public static List<ZipEntryRecord> Read(SafeFileHandle file, ArchiveLimits limits)
    {
        var length = RandomAccess.GetLength(file);
        if (length > limits.MaxArchiveBytes)
            throw ArchiveException.TooLarge($"It has {length:N0} bytes; the maximum is {limits.MaxArchiveBytes:N0}.");
        var (count, size, offset, end) = FindDirectory(file, length);
        if (count > (ulong)limits.MaxEntries)
            throw ArchiveException.TooLarge($"It has {count:N0} entries; the maximum is {limits.MaxEntries:N0}.");
        if (count == 0)
            throw ArchiveException.Empty();
        if (size > MaxDirectoryBytes || offset > (ulong)end || size != (ulong)end - offset)
            throw ArchiveException.Damaged("Its directory is not where its end record says.");
        var bytes = ReadAt(file, (long)offset, (int)size);
        var entries = new List<ZipEntryRecord>((int)count);
        var at = 0;
        for (ulong i = 0; i < count; i++)
            entries.Add(ReadEntry(bytes, ref at, (long)offset));
        if (at != bytes.Length)
            throw ArchiveException.Damaged("Its directory is larger than its end record says.");
        return entries;
    }

    public static byte[] ReadAt(SafeFileHandle file, long offset, int count)
    {
        var bytes = new byte[count];
        var read = 0;
        while (read < count)
        {
            var some = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
            if (some == 0)
                throw ArchiveException.Damaged("It is truncated.");
            read += some;
        }
        return bytes;
    }

    private static (ulong Count, ulong Size, ulong Offset, long End) FindDirectory(SafeFileHandle file, long length)
    {
        if (length < EndSize)
            throw ArchiveException.Unknown("It is too short.");
        var tailStart = Math.Max(0, length - EndSize - MaxComment);
        var tail = ReadAt(file, tailStart, (int)(length - tailStart));
        var start = ReadAt(file, 0, 4);
        var found = -1;
        for (var i = tail.Length - EndSize; i >= 0; i--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(i)) != EndMark)
                continue;
            if (i + EndSize + BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(i + 20)) != tail.Length)
                continue;
            if (found >= 0)
                throw ArchiveException.Damaged("It has two end records: programs would not agree on its contents.");
            found = i;
        }
        if (found < 0)
        {
            throw start.AsSpan().StartsWith("PK"u8)
                ? ArchiveException.Damaged("Its end is missing: it was truncated, or there is data after it.")
                : ArchiveException.Unknown("It does not start like a ZIP archive.");
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(start) is not (0x04034b50 or EndMark))
            throw ArchiveException.Unknown("There is other data before the archive in this file.");
        var end = tail.AsSpan(found, EndSize);
        if (U16(end, 4) is not (0 or 0xFFFF) || U16(end, 6) is not (0 or 0xFFFF))
            throw ArchiveException.Damaged("It is one part of a multi-part archive.");
        return ReadEnd(file, end, tailStart + found);
    }

    private static (ulong, ulong, ulong, long) ReadEnd(SafeFileHandle file, ReadOnlySpan<byte> end, long at)
    {
        ulong count = U16(end, 10),
            size = U32(end, 12),
            offset = U32(end, 16);
        var needs64 = count == 0xFFFF || size == 0xFFFFFFFF || offset == 0xFFFFFFFF;
        if (at >= 20)
        {
            var locator = ReadAt(file, at - 20, 20);
            if (U32(locator, 0) == Locator64Mark)
            {
                var record = checked((long)Math.Min(U64(locator, 8), long.MaxValue));
                if (record > at - 20 - 56)
                    throw ArchiveException.Damaged("Its Zip64 end record is not where it should be.");
                var end64 = ReadAt(file, record, 56);
                if (U32(end64, 0) != End64Mark)
                    throw ArchiveException.Damaged("Its Zip64 end record is missing.");
                return (U64(end64, 32), U64(end64, 40), U64(end64, 48), record);
            }
        }
        return needs64 && size == 0xFFFFFFFF
            ? throw ArchiveException.Damaged("Its Zip64 end record is missing.")
            : (count, size, offset, at);
    }

    private static ZipEntryRecord ReadEntry(byte[] bytes, ref int at, long directoryStart)
    {
        if (bytes.Length - at < EntrySize)
            throw ArchiveException.Damaged("Its directory is truncated.");
        var head = bytes.AsSpan(at);
        if (U32(head, 0) != EntryMark)
            throw ArchiveException.Damaged("Its directory is damaged.");
        int nameLength = U16(head, 28),
            extraLength = U16(head, 30),
            commentLength = U16(head, 32);
        if (head.Length < EntrySize + nameLength + extraLength + commentLength)
            throw ArchiveException.Damaged("Its directory is truncated.");
        var name = Decode(head.Slice(EntrySize, nameLength));
        ulong packed = U32(head, 20),
            size = U32(head, 24),
            offset = U32(head, 42);
        ReadZip64(head.Slice(EntrySize + nameLength, extraLength), ref size, ref packed, ref offset);
        if (size > long.MaxValue || offset > (ulong)directoryStart || packed > (ulong)directoryStart - offset)
            throw ArchiveException.Damaged($"The entry '{ArchiveException.Shown(name)}' points outside the archive.");
        at += EntrySize + nameLength + extraLength + commentLength;
        var unixMode = head[5] == 3 ? (int)(U32(head, 38) >> 16) : 0;
        return new(name, U16(head, 10), U16(head, 8), U32(head, 16), (long)packed, (long)size, (long)offset, unixMode);
    }

    private static void ReadZip64(ReadOnlySpan<byte> extra, ref ulong size, ref ulong packed, ref ulong offset)
    {
        while (extra.Length >= 4)
        {
            var (id, length) = (U16(extra, 0), U16(extra, 2));
            if (length > extra.Length - 4)
                return;
            if (id == 1)
            {
                var field = extra.Slice(4, length);
                if (size == 0xFFFFFFFF)
                    size = Take(ref field);
                if (packed == 0xFFFFFFFF)
                    packed = Take(ref field);
                if (offset == 0xFFFFFFFF)
                    offset = Take(ref field);
            }
            extra = extra[(4 + length)..];
        }
    }

    private static ulong Take(ref ReadOnlySpan<byte> field)
    {
        if (field.Length < 8)
            throw ArchiveException.Damaged("A Zip64 field is truncated.");
        var value = U64(field, 0);
        field = field[8..];
        return value;
    }

    // UTF-8 if it is valid, whatever the flag says: most programs write it without the flag. Otherwise Latin-1, so that different names
    // stay different.
    internal static string Decode(ReadOnlySpan<byte> name)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(name);
        }
    }

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}

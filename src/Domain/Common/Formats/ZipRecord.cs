using Microsoft.Win32.SafeHandles;
using static GpuGeek.Domain.Common.Formats.ZipBytes;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>One entry of a ZIP's central directory.</summary>
/// <param name="Name">Its bytes, in whatever encoding.</param>
/// <param name="Offset">Offset of the local header from the beginning of the file.</param>
/// <param name="Disk">Number of the part of a multi-part archive.</param>
/// <param name="UnixMode">File type and permissions if the archive was made on Unix, else 0.</param>
public sealed record ZipRecord(
    ReadOnlyMemory<byte> Name,
    int Flags,
    int Method,
    uint Crc,
    long Packed,
    long Size,
    long Offset,
    int Disk,
    int UnixMode
)
{
    private const uint Mark = 0x02014b50;
    private const int Length = 46,
        Unix = 3;

    /// <summary>All entries in the directory's order. Each lies between the beginning of the file and the directory, and none overlaps
    /// another.</summary>
    /// <param name="maxBytes">The longest directory that is read into memory.</param>
    /// <exception cref="ZipException"/>
    public static ZipRecord[] ReadAll(SafeFileHandle file, ZipEnd end, int maxBytes)
    {
        if (end.Size > maxBytes)
            throw ZipException.Damaged("Its directory is too large.");
        if (end.Count > end.Size / Length)
            throw Truncated();
        var rest = new ReadOnlyMemory<byte>(At(file, end.Start, (int)end.Size));
        var records = new ZipRecord[end.Count];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = Read(ref rest);
            if (records[i].Offset > end.Start || records[i].Packed > end.Start - records[i].Offset)
                throw ZipException.Damaged($"Entry {i + 1} of its directory points outside the archive.");
        }
        if (!rest.IsEmpty)
            throw ZipException.Ambiguous("Its directory is larger than its end record says.");
        CheckOverlaps(records);
        return records;
    }

    private static ZipRecord Read(ref ReadOnlyMemory<byte> rest)
    {
        var head = rest.Span;
        if (head.Length < Length)
            throw Truncated();
        if (U32(head, 0) != Mark)
            throw ZipException.Damaged("Its directory is damaged.");
        int name = U16(head, 28),
            extra = U16(head, 30),
            comment = U16(head, 32);
        if (head.Length < Length + name + extra + comment)
            throw Truncated();
        var large = new Zip64Extra(head.Slice(Length + name, extra));
        var size = large.Or(U32(head, 24));
        var packed = large.Or(U32(head, 20));
        var offset = large.Or(U32(head, 42));
        var mode = head[5] == Unix ? (int)(U32(head, 38) >> 16) : 0;
        var record = new ZipRecord(
            rest.Slice(Length, name),
            U16(head, 8),
            U16(head, 10),
            U32(head, 16),
            packed,
            size,
            offset,
            U16(head, 34),
            mode
        );
        rest = rest[(Length + name + extra + comment)..];
        return record;
    }

    // Many entries over one body are a bomb that no ratio detects.
    private static void CheckOverlaps(ZipRecord[] records)
    {
        long end = 0;
        foreach (var record in records.OrderBy(r => r.Offset))
        {
            if (record.Offset < end)
                throw ZipException.Ambiguous("Two of its entries overlap.");
            end = record.Offset + ZipLocalHeader.Length + record.Packed;
        }
    }

    private static ZipException Truncated() => ZipException.Damaged("Its directory is truncated.");
}

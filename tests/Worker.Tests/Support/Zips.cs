using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace GpuGeek.Worker.Tests.Support;

/// <summary>Valid and crafted archives. Every byte is generated here. Also compiled into Domain.Tests, which has no pictures.</summary>
internal static partial class Zips
{
    public static byte[] Of(params (string Name, byte[] Bytes)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                entry.Write(bytes);
            }
        return stream.ToArray();
    }

    /// <summary>Changes bytes of the central directory's entry with this index.</summary>
    public static byte[] PatchEntry(byte[] zip, int index, int offset, uint value, int size)
    {
        var at = Entries(zip)[index] + offset;
        if (size == 2)
            BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(at), (ushort)value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(at), value);
        return zip;
    }

    public static uint EntryField(byte[] zip, int index, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(Entries(zip)[index] + offset));

    /// <summary>Many directory entries over the first one's body.</summary>
    public static byte[] Overlapping(byte[] zip)
    {
        var entries = Entries(zip);
        for (var i = 1; i < entries.Count; i++)
            zip.AsSpan(entries[0] + 16, 12).CopyTo(zip.AsSpan(entries[i] + 16));
        for (var i = 1; i < entries.Count; i++)
            zip.AsSpan(entries[0] + 42, 4).CopyTo(zip.AsSpan(entries[i] + 42));
        return zip;
    }

    public static byte[] EndPatched(byte[] zip, int offset, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(zip.Length - 22 + offset), value);
        return zip;
    }

    /// <summary>The same archive with a Zip64 end record and locator, as large writers make them.</summary>
    public static byte[] WithZip64(byte[] zip, ulong? directoryOffset = null)
    {
        var end = zip.Length - 22;
        var record = new byte[56 + 20];
        BinaryPrimitives.WriteUInt32LittleEndian(record, 0x06064b50);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(4), 44);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(24), BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(end + 10)));
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(32), BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(end + 10)));
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(40), BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(end + 12)));
        BinaryPrimitives.WriteUInt64LittleEndian(
            record.AsSpan(48),
            directoryOffset ?? BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(end + 16))
        );
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(56), 0x07064b50);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(64), (ulong)end);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(72), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(end + 12), 0xFFFFFFFF);
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(end + 16), 0xFFFFFFFF);
        return [.. zip[..end], .. record, .. zip[end..]];
    }

    public static int EndOf(byte[] zip) => zip.Length - 22;

    /// <summary>Positions of the entries in the directory.</summary>
    private static List<int> Entries(byte[] zip)
    {
        var at = (int)BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(zip.Length - 6));
        var entries = new List<int>();
        for (var n = BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(zip.Length - 12)); n > 0; n--)
        {
            entries.Add(at);
            at +=
                46
                + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(at + 28))
                + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(at + 30))
                + BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(at + 32));
        }
        return entries;
    }
}

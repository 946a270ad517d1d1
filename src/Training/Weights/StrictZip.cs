using System.Buffers.Binary;
using System.Text;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Reads the directory of a ZIP archive in the form that PyTorch writes, and refuses everything that two programs could read differently:
/// entries that are compressed, encrypted, named differently in their local header, overlapping, or after a gap; a comment; anything
/// before the first entry or after the end.
/// </summary>
internal sealed class StrictZip
{
    private const int EndLength = 22,
        LocatorLength = 20,
        End64Length = 56,
        CentralLength = 46,
        LocalLength = 30;
    private const uint EndMark = 0x06054b50,
        LocatorMark = 0x07064b50,
        End64Mark = 0x06064b50,
        CentralMark = 0x02014b50,
        LocalMark = 0x04034b50;
    private const int Descriptor = 1 << 3,
        Utf8Names = 1 << 11;
    private const int MaxEntries = 20_000,
        MaxDirectory = 32 << 20;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private readonly FileStream _file;

    private StrictZip(FileStream file) => _file = file;

    /// <exception cref="WeightsException"><c>weights_unreadable</c> if it is damaged, <c>weights_refused</c> if it is not in that
    /// form.</exception>
    public static StoredEntry[] Entries(FileStream file)
    {
        var zip = new StrictZip(file);
        var (count, start, end) = zip.Directory();
        if (count is 0 or > MaxEntries)
            throw WeightsException.Refused("its archive has no entries, or far too many");
        if (start < 0 || end - start is < 0 or > MaxDirectory)
            throw Broken();
        var entries = zip.Central(zip.At(start, (int)(end - start)), (int)count);
        CheckSideBySide(entries, start);
        return entries;
    }

    /// <summary>Number of entries and position of the directory, which must end directly before the end record.</summary>
    private (long Count, long Start, long End) Directory()
    {
        var at = _file.Length - EndLength;
        var end = At(at, EndLength);
        if (U32(end, 0) != EndMark)
            throw Broken();
        if (U16(end, 20) != 0 || U32(end, 4) != 0 || U16(end, 8) != U16(end, 10))
            throw NotPlain("it has a comment or several parts");
        (long count, long size, long start) = (U16(end, 10), U32(end, 12), U32(end, 16));
        if (at >= LocatorLength + End64Length && At(at - LocatorLength, LocatorLength) is var locator && U32(locator, 0) == LocatorMark)
        {
            at -= LocatorLength + End64Length;
            var end64 = At(at, End64Length);
            if (
                I64(locator, 8) != at
                || U32(end64, 0) != End64Mark
                || I64(end64, 4) != End64Length - 12
                || I64(end64, 24) != I64(end64, 32)
            )
                throw Broken();
            (count, size, start) = (
                Same(count, ushort.MaxValue, I64(end64, 32)),
                Same(size, uint.MaxValue, I64(end64, 40)),
                Same(start, uint.MaxValue, I64(end64, 48))
            );
        }
        return start >= 0 && size >= 0 && start <= at && at - start == size
            ? (count, start, at)
            : throw NotPlain("its directory is not at the stated offset");
    }

    private StoredEntry[] Central(byte[] directory, int count)
    {
        var entries = new StoredEntry[count];
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (at + CentralLength > directory.Length || U32(directory, at) != CentralMark)
                throw Broken();
            int name = U16(directory, at + 28),
                extra = U16(directory, at + 30),
                comment = U16(directory, at + 32);
            var next = at + CentralLength + name + extra + comment;
            if (next > directory.Length)
                throw Broken();
            entries[i] = Entry(
                directory.AsSpan(at, CentralLength),
                directory.AsSpan(at + CentralLength, name),
                directory.AsSpan(at + CentralLength + name, extra)
            );
            at = next;
        }
        return at == directory.Length ? entries : throw NotPlain("its directory is larger than stated");
    }

    private StoredEntry Entry(ReadOnlySpan<byte> central, ReadOnlySpan<byte> name, ReadOnlySpan<byte> extra)
    {
        int flags = U16(central, 8);
        if ((flags & ~(Descriptor | Utf8Names)) != 0 || U16(central, 10) != 0)
            throw NotPlain("it is compressed or encrypted, which PyTorch never does");
        var large = new ZipExtra(extra);
        var length = large.Or(U32(central, 24));
        var stored = large.Or(U32(central, 20));
        var header = large.Or(U32(central, 42));
        if (length != stored || U16(central, 34) != 0)
            throw NotPlain("it is compressed or encrypted, which PyTorch never does");
        var local = At(header, LocalLength);
        if (U32(local, 0) != LocalMark)
            throw Broken();
        var start = header + LocalLength + U16(local, 26) + U16(local, 28);
        if (U16(local, 6) != flags || U16(local, 8) != 0 || !At(header + LocalLength, U16(local, 26)).AsSpan().SequenceEqual(name))
            throw NotPlain("an entry is described in two ways");
        var crc = U32(central, 16);
        if ((flags & Descriptor) == 0)
        {
            var here = new ZipExtra(At(start - U16(local, 28), U16(local, 28)));
            if (U32(local, 14) != crc || here.Or(U32(local, 22)) != length || here.Or(U32(local, 18)) != stored)
                throw NotPlain("an entry is described in two ways");
        }
        return new StoredEntry(Text(name), header, start, length, crc, (flags & Descriptor) != 0);
    }

    private static void CheckSideBySide(StoredEntry[] entries, long directory)
    {
        long at = 0;
        var behind = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Header))
        {
            if (entry.Header < at || entry.Header > at + behind || entry.Length < 0 || entry.Length > directory - entry.Start)
                throw NotPlain("its entries overlap, or there is data between them");
            at = entry.Start + entry.Length;
            // Checksum and two sizes of four or eight bytes, with or without a signature.
            behind = entry.HasDescriptor ? 24 : 0;
        }
        if (directory < at || directory > at + behind)
            throw NotPlain("its entries overlap, or there is data between them");
    }

    private byte[] At(long offset, int count)
    {
        if (offset < 0 || offset > _file.Length - count)
            throw Broken();
        var bytes = new byte[count];
        _file.Position = offset;
        _file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The value of the old record, unless it is at its maximum and refers to the new one.</summary>
    private static long Same(long old, long full, long now) =>
        old == full || old == now ? now : throw NotPlain("its directory is described in two ways");

    private static string Text(ReadOnlySpan<byte> name)
    {
        try
        {
            return Utf8.GetString(name);
        }
        catch (ArgumentException)
        {
            throw NotPlain("a name in it is not text");
        }
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private static WeightsException Broken() => WeightsException.Unreadable("its archive is truncated or damaged");

    private static WeightsException NotPlain(string what) =>
        WeightsException.Refused($"its archive is not in the form that PyTorch writes: {what}");
}

/// <summary>The eight-byte numbers in an entry's extra field, in the order of the plain values that are at their maximum.</summary>
internal ref struct ZipExtra
{
    private ReadOnlySpan<byte> _numbers = default;

    public ZipExtra(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4)
                return;
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == 1)
            {
                _numbers = extra.Slice(4, length);
                return;
            }
            extra = extra[(4 + length)..];
        }
    }

    /// <returns>The plain number, or the next eight-byte number if the plain one is at its maximum.</returns>
    /// <exception cref="WeightsException">There is none, or it is negative.</exception>
    public long Or(uint plain)
    {
        if (plain != uint.MaxValue)
            return plain;
        if (_numbers.Length < 8 || BinaryPrimitives.ReadInt64LittleEndian(_numbers) is var number && number < 0)
            throw WeightsException.Unreadable("its archive is truncated or damaged");
        _numbers = _numbers[8..];
        return number;
    }
}

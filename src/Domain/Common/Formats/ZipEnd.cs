using Microsoft.Win32.SafeHandles;
using static GpuGeek.Domain.Common.Formats.ZipBytes;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>
/// What the records at the end of a ZIP say about its central directory. .NET's ZipArchive accepts overlapping entries, names that differ
/// between the two headers, and wrong checksums. An archive that two programs read differently can pass a check and still be harmful.
/// Format: PKWARE APPNOTE 6.3.10.
/// </summary>
/// <param name="Count">Entries of the directory.</param>
/// <param name="Start">Offset of the directory, which ends directly before the end records.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="CommentLength">Bytes of comment behind the end record.</param>
public sealed record ZipEnd(long Count, long Start, long Size, int CommentLength)
{
    private const uint EndMark = 0x06054b50,
        LocatorMark = 0x07064b50,
        End64Mark = 0x06064b50;
    private const int EndLength = 22,
        LocatorLength = 20,
        End64Length = 56,
        MaxComment = ushort.MaxValue;

    /// <exception cref="ZipException"/>
    public static ZipEnd Find(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        if (length < EndLength)
            throw new ZipException(ZipFault.Foreign, "It is too short.");
        var tailStart = Math.Max(0, length - EndLength - MaxComment);
        var tail = At(file, tailStart, (int)(length - tailStart));
        var first = At(file, 0, 4);
        var found = LastEnd(tail);
        if (found < 0)
            throw first.AsSpan().StartsWith("PK"u8)
                ? ZipException.Damaged("Its end is missing: it was truncated, or there is data after it.")
                : new ZipException(ZipFault.Foreign, "It does not start like a ZIP archive.");
        if (U32(first, 0) is not (ZipLocalHeader.Mark or EndMark))
            throw new ZipException(ZipFault.Foreign, "There is other data before the archive in this file.");
        return Read(file, tail.AsSpan(found, EndLength), tailStart + found);
    }

    /// <returns>Position of the end record whose comment ends with the file, or -1.</returns>
    private static int LastEnd(ReadOnlySpan<byte> tail)
    {
        var found = -1;
        for (var i = tail.Length - EndLength; i >= 0; i--)
        {
            if (U32(tail, i) != EndMark || i + EndLength + U16(tail, i + 20) != tail.Length)
                continue;
            if (found >= 0)
                throw ZipException.Ambiguous("It has two end records: programs would not agree on its contents.");
            found = i;
        }
        return found;
    }

    private static ZipEnd Read(SafeFileHandle file, ReadOnlySpan<byte> end, long at)
    {
        (long count, long size, long start) = (U16(end, 10), U32(end, 12), U32(end, 16));
        var end64 = FindEnd64(file, at);
        var otherDisk = end64 is null ? 0 : ushort.MaxValue;
        if (U16(end, 8) != U16(end, 10) || (U16(end, 4) != 0 && U16(end, 4) != otherDisk) || (U16(end, 6) != 0 && U16(end, 6) != otherDisk))
            throw SeveralParts();
        if (end64 is not null)
        {
            at -= LocatorLength + End64Length;
            count = Same(count, ushort.MaxValue, I64(end64, 32));
            size = Same(size, uint.MaxValue, I64(end64, 40));
            start = Same(start, uint.MaxValue, I64(end64, 48));
        }
        else if (size == uint.MaxValue)
            throw MissingEnd64();
        return start <= at && at - start == size
            ? new(count, start, size, U16(end, 20))
            : throw ZipException.Ambiguous("Its directory is not where its end record says.");
    }

    /// <summary>The record of large archives, directly before its locator and the end record at <paramref name="end"/>.</summary>
    private static byte[]? FindEnd64(SafeFileHandle file, long end)
    {
        if (end < LocatorLength || At(file, end - LocatorLength, LocatorLength) is var locator && U32(locator, 0) != LocatorMark)
            return null;
        var at = end - LocatorLength - End64Length;
        if (I64(locator, 8) != at)
            throw ZipException.Damaged("Its Zip64 end record is not where it should be.");
        var end64 = At(file, at, End64Length);
        if (U32(end64, 0) != End64Mark || I64(end64, 4) != End64Length - 12)
            throw MissingEnd64();
        return U32(end64, 16) == 0 && U32(end64, 20) == 0 && I64(end64, 24) == I64(end64, 32) ? end64 : throw SeveralParts();
    }

    /// <summary>The value of the old record, unless it is at its maximum and refers to the new one.</summary>
    private static long Same(long old, long full, long now) =>
        old == full || old == now ? now : throw ZipException.Ambiguous("Its directory is described in two ways.");

    private static ZipException SeveralParts() => ZipException.Ambiguous("It is one part of a multi-part archive.");

    private static ZipException MissingEnd64() => ZipException.Damaged("Its Zip64 end record is missing.");
}

using System.Buffers.Binary;
using GpuGeek.Domain.Common.Formats;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Domain.Tests.Common.Formats;

/// <summary>What imports and weights files rely on. Their own tests check what each of them refuses beyond it.</summary>
public sealed class TheDirectoryOfAZip : IDisposable
{
    private const int Flags = 8,
        Packed = 20,
        Offset = 42;
    private readonly string _path = Path.GetTempFileName();

    private static byte[] One => Zips.Of(("a/1", [1, 2, 3]));
    private static byte[] Two => Zips.Of(("a/1", [1, 2, 3]), ("a/2", [4, 5]));
    private static byte[] Large => Zips.WithZip64(Two);

    private static readonly Dictionary<string, (Func<byte[]> Make, ZipFault Fault)> Hostile = new()
    {
        // Of an import.
        ["entries over one body"] = (
            () => Zips.Overlapping(Zips.Of([.. Enumerable.Range(0, 100).Select(i => ($"{i:000}", new byte[9]))])),
            ZipFault.Ambiguous
        ),
        ["Zip64 with a wrapped offset"] = (() => Zips.WithZip64(One, ulong.MaxValue - 10), ZipFault.Damaged),
        ["truncated"] = (() => One[..^30], ZipFault.Damaged),
        ["cut at half"] = (() => Two[..(Two.Length / 2)], ZipFault.Damaged),
        ["trailing junk"] = (() => [.. One, .. "junk"u8], ZipFault.Damaged),
        ["two end records"] = (TwoEnds, ZipFault.Ambiguous),
        ["something before it"] = (() => [.. "GIF89a"u8, .. One], ZipFault.Foreign),
        ["offset beyond the file"] = (() => Zips.PatchEntry(One, 0, Offset, 0x7FFFFFFF, 4), ZipFault.Damaged),
        ["more packed than there is"] = (() => Zips.PatchEntry(One, 0, Packed, 0x7FFFFFFF, 4), ZipFault.Damaged),
        ["part of several"] = (() => Zips.EndPatched(One, 4, 3), ZipFault.Ambiguous),
        ["gzip"] = (() => [0x1f, 0x8b, 8, .. new byte[60]], ZipFault.Foreign),
        ["empty file"] = (() => [], ZipFault.Foreign),
        // Of a weights file.
        ["a directory of fewer entries"] = (() => Zips.EndPatched(Zips.EndPatched(Two, 8, 1), 10, 1), ZipFault.Ambiguous),
        ["a directory of more entries"] = (() => Zips.EndPatched(Zips.EndPatched(Two, 8, 3), 10, 3), ZipFault.Damaged),
        ["sixty thousand entries in a hundred bytes"] = (
            () => Zips.EndPatched(Zips.EndPatched(Two, 8, 60_000), 10, 60_000),
            ZipFault.Damaged
        ),
        ["two entries with the same bytes"] = (() => Zips.PatchEntry(Two, 1, Offset, 0, 4), ZipFault.Ambiguous),
        ["bytes after the end"] = (() => [.. One, 0], ZipFault.Damaged),
        ["an archive before the archive"] = (() => [.. One, .. One], ZipFault.Ambiguous),
        ["bytes before the end"] = (() => [.. One[..^22], 0, .. One[^22..]], ZipFault.Ambiguous),
        // Of both: each number stands in two records.
        ["a count that differs from that of this part"] = (() => Zips.EndPatched(Two, 8, 1), ZipFault.Ambiguous),
        ["a count that differs from Zip64's"] = (() => Zips.EndPatched(Zips.EndPatched(Large, 8, 1), 10, 1), ZipFault.Ambiguous),
        ["a Zip64 count that differs from that of this part"] = (() => Changed(Large, -98 + 24, 1), ZipFault.Ambiguous),
        ["a Zip64 record of another part"] = (() => Changed(Large, -98 + 16, 1), ZipFault.Ambiguous),
        ["a Zip64 record of another length"] = (() => Changed(Large, -98 + 4, 45), ZipFault.Damaged),
        ["a Zip64 record somewhere else"] = (() => Changed(Large, -42 + 8, 4), ZipFault.Damaged),
        ["a locator without its record"] = (() => [.. One[..^22], .. Large[^42..]], ZipFault.Damaged),
        ["a size in a Zip64 record that is missing"] = (() => Changed(One, -10, uint.MaxValue), ZipFault.Damaged),
        ["an entry's size in a Zip64 field that is missing"] = (() => Zips.PatchEntry(One, 0, Packed, uint.MaxValue, 4), ZipFault.Damaged),
    };

    public static TheoryData<string> Cases => [.. Hostile.Keys];

    public void Dispose() => File.Delete(_path);

    [Theory, MemberData(nameof(Cases))]
    public void Is_refused_if_it_is_hostile(string name)
    {
        var refusal = Assert.Throws<ZipException>(() => Read(Hostile[name].Make()));
        Assert.Equal(Hostile[name].Fault, refusal.Fault);
    }

    [Fact]
    public void Is_read_with_and_without_Zip64()
    {
        foreach (var zip in (byte[][])[Two, Large])
        {
            var records = Read(zip);
            Assert.Equal(["a/1", "a/2"], records.Select(r => System.Text.Encoding.UTF8.GetString(r.Name.Span)));
            Assert.Equal([3L, 2L], records.Select(r => r.Size));
            Assert.Equal(Crc32.Of([4, 5]), records[1].Crc);
        }
    }

    [Fact]
    public void Is_read_if_its_parts_are_in_the_Zip64_record() =>
        Assert.Equal(2, Read(Zips.EndPatched(Zips.EndPatched(Large, 4, ushort.MaxValue), 6, ushort.MaxValue)).Length);

    [Fact]
    public void Is_followed_by_a_comment_that_the_reader_is_told_of()
    {
        Assert.Single(Read([.. Zips.EndPatched(One, 20, 4), .. "note"u8]));
        using var file = File.OpenHandle(_path);
        Assert.Equal(4, ZipEnd.Find(file).CommentLength);
    }

    [Fact]
    public void That_is_larger_than_the_reader_allows_is_refused() =>
        Assert.Equal(ZipFault.Damaged, Assert.Throws<ZipException>(() => Read(Two, maxBytes: 97)).Fault);

    [Fact]
    public void Cut_anywhere_is_refused()
    {
        var whole = Large;
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<ZipException>(() => Read(whole[..length]));
    }

    [Fact]
    public void Changed_in_any_byte_is_read_or_refused()
    {
        var whole = Large;
        for (var at = 0; at < whole.Length; at++)
            foreach (var value in (byte[])[0, 1, 0x7f, 0x80, 0xff])
            {
                var changed = (byte[])whole.Clone();
                changed[at] = value;
                Assert.True(Record.Exception(() => Read(changed)) is null or ZipException, $"Byte {at} as {value}.");
            }
    }

    [Fact]
    public void Names_an_entry_whose_own_header_is_read_too()
    {
        var record = Read(Zips.PatchEntry(Two, 1, Flags, 0x41, 2))[1];
        using var file = File.OpenHandle(_path);
        var header = ZipLocalHeader.Read(file, record.Offset);
        Assert.True(header.Name.Span.SequenceEqual(record.Name.Span));
        Assert.NotEqual(record.Flags, header.Flags);
        Assert.Equal((record.Packed, record.Size), header.Sizes());
        Assert.Throws<ZipException>(() => ZipLocalHeader.Read(file, record.Offset + 1));
        Assert.Throws<ZipException>(() => ZipLocalHeader.Read(file, Two.Length - 9));
    }

    private ZipRecord[] Read(byte[] zip, int maxBytes = 1 << 20)
    {
        File.WriteAllBytes(_path, zip);
        using var file = File.OpenHandle(_path);
        return ZipRecord.ReadAll(file, ZipEnd.Find(file), maxBytes);
    }

    /// <param name="at">Distance from the end of the file, negative.</param>
    private static byte[] Changed(byte[] zip, int at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(zip.Length + at), value);
        return zip;
    }

    private static byte[] TwoEnds()
    {
        var zip = One;
        var end = zip[Zips.EndOf(zip)..];
        zip[^2] = 22; // the comment's length
        return [.. zip, .. end];
    }
}

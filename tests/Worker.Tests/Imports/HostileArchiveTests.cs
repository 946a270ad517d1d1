using System.IO.Compression;
using System.Text;
using GpuGeek.Worker.Imports;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Imports;

public sealed class HostileArchives
{
    private const int Flags = 8,
        Method = 10,
        Crc = 16,
        Packed = 20,
        Size = 24,
        Offset = 42;

    private static byte[] One => Zips.OfNames("cat/1.png");
    private static byte[] Two => Zips.OfNames("cat/1.png", "cat/2.png");

    private static readonly Dictionary<string, (Func<byte[]> Make, string Code)> Refused = new()
    {
        ["flat bomb"] = (() => Zips.Of(("cat/1.png", new byte[40 << 20])), "archive_bomb"),
        ["many small bombs"] = (
            () => Zips.Of([.. Enumerable.Range(0, 30).Select(i => ($"cat/{i}.png", new byte[1 << 20]))]),
            "archive_bomb"
        ),
        ["entries over one body"] = (
            () => Zips.Overlapping(Zips.OfNames([.. Enumerable.Range(0, 100).Select(i => $"cat/{i:000}.png")])),
            "archive_damaged"
        ),
        ["declared size too small"] = (() => Zips.PatchEntry(One, 0, Size, Zips.EntryField(One, 0, Size) - 5, 4), "archive_damaged"),
        ["declared size too large"] = (() => Zips.PatchEntry(One, 0, Size, 60 << 10, 4), "archive_damaged"),
        ["declared size huge"] = (() => Zips.PatchEntry(One, 0, Size, 60 << 20, 4), "archive_bomb"),
        ["wrong checksum"] = (() => Zips.PatchEntry(One, 0, Crc, 0xDEADBEEF, 4), "archive_damaged"),
        ["parent folder"] = (() => Zips.OfNames("../1.png"), "archive_unsafe_path"),
        ["parent folder inside"] = (() => Zips.OfNames("a/../../1.png"), "archive_unsafe_path"),
        ["absolute"] = (() => Zips.OfNames("/cat/1.png"), "archive_unsafe_path"),
        ["backslash"] = (() => Zips.OfNames(@"..\cat\1.png"), "archive_unsafe_path"),
        ["drive"] = (() => Zips.OfNames("C:/cat/1.png"), "archive_unsafe_path"),
        ["network share"] = (() => Zips.OfNames(@"\\host\cat\1.png"), "archive_unsafe_path"),
        ["same name twice"] = (() => Zips.OfNames("cat/1.png", "cat/1.png"), "archive_duplicate_names"),
        ["same name but for case"] = (() => Zips.OfNames("cat/a.png", "cat/A.png"), "archive_duplicate_names"),
        ["same name but for normalisation"] = (() => Zips.OfNames("cat/\u00e9.png", "cat/e\u0301.png"), "archive_duplicate_names"),
        ["a thousand folders deep"] = (() => Zips.OfNames(string.Concat(Enumerable.Repeat("a/", 1000)) + "1.png"), "archive_too_deep"),
        ["no entries"] = (() => Zips.Of(), "archive_empty"),
        ["encrypted"] = (() => Zips.PatchEntry(One, 0, Flags, 1, 2), "archive_encrypted"),
        ["LZMA"] = (() => Zips.PatchEntry(One, 0, Method, 14, 2), "archive_unsupported_method"),
        ["method 99"] = (() => Zips.PatchEntry(One, 0, Method, 99, 2), "archive_unsupported_method"),
        ["Zip64 with a wrapped offset"] = (() => Zips.WithZip64(One, ulong.MaxValue - 10), "archive_damaged"),
        ["truncated"] = (() => One[..^30], "archive_damaged"),
        ["cut at half"] = (() => Two[..(Two.Length / 2)], "archive_damaged"),
        ["trailing junk"] = (() => [.. One, .. "junk"u8], "archive_damaged"),
        ["two end records"] = (TwoEnds, "archive_damaged"),
        ["something before it"] = (() => [.. "GIF89a"u8, .. One], "archive_unknown"),
        ["header names another file"] = (() => Renamed(One), "archive_damaged"),
        ["offset beyond the file"] = (() => Zips.PatchEntry(One, 0, Offset, 0x7FFFFFFF, 4), "archive_damaged"),
        ["more packed than there is"] = (() => Zips.PatchEntry(One, 0, Packed, 0x7FFFFFFF, 4), "archive_damaged"),
        ["part of several"] = (() => Zips.EndPatched(One, 4, 3), "archive_damaged"),
        ["gzip"] = (Gzip, "archive_unknown"),
        ["7z"] = (() => [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, .. new byte[60]], "archive_unknown"),
        ["a picture"] = (() => Zips.Picture(1), "archive_unknown"),
        ["empty file"] = (() => [], "archive_unknown"),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void Are_refused_as_a_whole_with_a_reason(string name)
    {
        using var run = ImportRun.OfZip(Refused[name].Make());
        Assert.Equal(Refused[name].Code, run.Refusal);
    }

    [Fact]
    public void Too_many_entries_are_refused()
    {
        using var run = ImportRun.OfZip(Two, new ArchiveLimits(MaxEntries: 1));
        Assert.Equal("archive_too_large", run.Refusal);
    }

    [Fact]
    public void Too_much_in_all_is_refused()
    {
        using var run = ImportRun.OfZip(Two, new ArchiveLimits(MaxTotalBytes: 1000));
        Assert.Equal("archive_too_large", run.Refusal);
    }

    private static readonly Dictionary<string, (Func<byte[]> Make, string Code)> Skipping = new()
    {
        ["archive in the archive"] = (() => Zips.Of(("cat/1.png", Zips.Picture(1)), ("cat/more.zip", One)), "nested_archive"),
        ["archive under a picture's name"] = (() => Zips.Of(("cat/1.png", Zips.Picture(1)), ("cat/more.png", One)), "unsupported_format"),
        ["symlink"] = (() => Zips.Special("cat/link.png", 0xA1FF), "not_a_file"),
        ["device"] = (() => Zips.Special("cat/null.png", 0x21B6), "not_a_file"),
        ["pipe"] = (() => Zips.Special("cat/pipe.png", 0x11B6), "not_a_file"),
        ["control character in a name"] = (() => Zips.OfNames("cat/1.png", "cat/a\u0007.png"), "bad_name"),
        ["name too long"] = (() => Zips.OfNames("cat/1.png", $"cat/{new string('x', 300)}.png"), "bad_name"),
        ["folder with data"] = (() => Zips.Of(("cat/1.png", Zips.Picture(1)), ("dog/", "data"u8.ToArray())), "folder_with_data"),
        ["resource fork"] = (() => Zips.OfNames("cat/1.png", "__MACOSX/cat/._1.png"), "system_file"),
        ["thumbnails of Windows"] = (() => Zips.OfNames("cat/1.png", "cat/Thumbs.db"), "system_file"),
        ["repository"] = (() => Zips.OfNames("cat/1.png", ".git/cat/1.png"), "hidden_file"),
        ["hidden"] = (() => Zips.OfNames("cat/1.png", "cat/.htaccess"), "hidden_file"),
        ["text"] = (
            () => Zips.Of(("cat/1.png", Zips.Picture(1)), ("cat/web.config", "<configuration/>"u8.ToArray())),
            "unsupported_format"
        ),
        ["svg"] = (() => Zips.Of(("cat/1.png", Zips.Picture(1)), ("cat/2.svg", "<svg><script/></svg>"u8.ToArray())), "unsupported_format"),
        ["cut picture"] = (() => Zips.Of(("cat/1.png", Zips.Picture(1)), ("cat/2.png", Zips.Picture(2)[..^40])), "image_damaged"),
        ["empty picture"] = (() => Zips.Of(("cat/1.png", Zips.Picture(1)), ("cat/2.png", [])), "image_empty"),
        ["at the root"] = (() => Zips.OfNames("cat/1.png", "2.png"), "no_class_folder"),
        ["in a split's folder"] = (() => Zips.OfNames("cat/1.png", "train/2.png"), "no_class_folder"),
    };

    public static TheoryData<string> SkippingNames => [.. Skipping.Keys];

    [Theory]
    [MemberData(nameof(SkippingNames))]
    public void Single_bad_files_are_left_out_with_a_reason_and_the_rest_is_taken(string name)
    {
        using var run = ImportRun.OfZip(Skipping[name].Make());
        Assert.Null(run.Refusal);
        Assert.Equal(["cat/1.png"], run.Pictures.Select(p => p.Path));
        Assert.Equal([Skipping[name].Code], run.Skipped.Select(s => s.Code));
    }

    [Fact]
    public void A_file_above_the_limit_is_left_out()
    {
        using var run = ImportRun.OfZip(
            Zips.Of(("cat/1.png", Zips.Picture(1)), ("cat/2.bin", [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 >> 3))])),
            new ArchiveLimits(MaxEntryBytes: 4000)
        );
        Assert.Equal(["file_too_large"], run.Skipped.Select(s => s.Code));
    }

    private static byte[] TwoEnds()
    {
        var zip = One;
        var end = zip[Zips.EndOf(zip)..];
        zip[^2] = 22; // the comment's length
        return [.. zip, .. end];
    }

    private static byte[] Renamed(byte[] zip)
    {
        zip[30] = (byte)'b';
        return zip;
    }

    private static byte[] Gzip()
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(i => $"{i}"))));
        return stream.ToArray();
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using GpuGeek.Domain.Common.Formats;
using GpuGeek.Imaging.Tests.Hostile;
using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Metadata;

public sealed class APictureWithoutItsMetadata(PillowPeer pillow)
{
    private static readonly byte[] Secret = "51.5007N 0.1246W"u8.ToArray();

    /// <summary>EXIF with a place: orientation 6, and the secret behind it.</summary>
    private static readonly byte[] Exif = [.. ExifOrientation.Write(6), .. Secret];

    private static byte[] Segment(byte marker, params byte[] body) =>
        [0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body];

    private static byte[] WebPChunk(string name, byte[] body)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        return [.. System.Text.Encoding.ASCII.GetBytes(name), .. length, .. body, .. new byte[body.Length % 2]];
    }

    private static byte[] Riff(params byte[][] chunks)
    {
        byte[] file = [.. "RIFF\0\0\0\0WEBP"u8, .. chunks.SelectMany(c => c)];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;
    }

    private static byte[] Jpeg =>
        [
            0xFF,
            0xD8,
            .. Segment(0xE1, [.. "Exif\0\0"u8, .. Exif]),
            .. Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Secret]),
            .. Segment(0xE2, [.. "MPF\0"u8, .. Secret]),
            .. Segment(0xED, [.. "Photoshop 3.0\0"u8, .. Secret]),
            .. Segment(0xFE, Secret),
            .. Samples.Jpeg[2..],
            // A preview behind the end, as cameras write.
            .. Secret,
        ];

    private static byte[] Png =>
        [
            .. Samples.Png[..33],
            .. HostileFiles.Chunk("tEXt", [.. "Comment\0"u8, .. Secret]),
            .. HostileFiles.Chunk("prVt", Secret),
            .. Samples.Png[33..^12],
            .. HostileFiles.Chunk("eXIf", Exif),
            .. Samples.Png[^12..],
            .. Secret,
        ];

    private static byte[] WebP =>
        Riff(
            // Skia writes the extended format, with a colour profile.
            WebPChunk("VP8X", [0x2C, 0, 0, 0, 95, 0, 0, 63, 0, 0]),
            Samples.WebP[30..],
            WebPChunk("EXIF", Exif),
            WebPChunk("XMP ", Secret),
            WebPChunk("PRIV", Secret)
        );

    public static TheoryData<string> Formats => ["jpeg", "png", "webp"];

    private static byte[] Planted(string format) =>
        format switch
        {
            "jpeg" => Jpeg,
            "png" => Png,
            _ => WebP,
        };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Says_nothing_of_where_it_was_taken_and_is_turned_as_before(string format)
    {
        var planted = Planted(format);
        Assert.Equal(6, ImageProber.Probe(planted).Orientation);
        Assert.True(planted.AsSpan().IndexOf(Secret) >= 0);
        var without = PictureMetadata.Without(planted)!;
        Assert.Equal(-1, without.AsSpan().IndexOf(Secret));
        Assert.Equal(6, ImageProber.Probe(without).Orientation);
        Assert.Equal(ImageDecoder.Decode(planted).Pixels, ImageDecoder.Decode(without).Pixels);
        // Once more changes nothing.
        Assert.Equal(without, PictureMetadata.Without(without));
    }

    [Fact]
    public void Of_a_gif_has_no_comments_and_all_frames()
    {
        Assert.SkipWhen(PillowPeer.IsMissing, "Python with Pillow is not here.");
        var gif = pillow.Cases("lossless").Single(c => c.Name == "gif-animated").Bytes();
        var palette = 13 + ((gif[10] & 0x80) == 0 ? 0 : 3 << ((gif[10] & 7) + 1));
        byte[] planted = [.. gif[..palette], 0x21, 0xFE, (byte)Secret.Length, .. Secret, 0, .. gif[palette..], .. Secret];
        var without = PictureMetadata.Without(planted)!;
        Assert.Equal(-1, without.AsSpan().IndexOf(Secret));
        Assert.Equal(ImageProber.Probe(gif).Frames, ImageProber.Probe(without).Frames);
        Assert.Equal(ImageDecoder.Decode(gif).Pixels, ImageDecoder.Decode(without).Pixels);
    }

    /// <summary>Progressive, in CMYK, with profiles, palettes, transparency and all orientations, as Pillow writes them.</summary>
    [Fact]
    public void Has_the_same_pixels_in_every_kind_of_file()
    {
        Assert.SkipWhen(PillowPeer.IsMissing, "Python with Pillow is not here.");
        var seen = 0;
        foreach (var peer in pillow.Cases("lossless").Concat(pillow.Cases("lossy")).Concat(pillow.Cases("deep")))
        {
            var without = PictureMetadata.Without(peer.Bytes());
            Assert.True(without is not null, peer.Name);
            Assert.True(ImageDecoder.Decode(peer.Bytes()).Pixels.AsSpan().SequenceEqual(ImageDecoder.Decode(without).Pixels), peer.Name);
            seen++;
        }
        Assert.InRange(seen, 40, 1000);
    }

    [Fact]
    public void Of_a_photograph_without_any_has_the_same_bytes()
    {
        using var zip = ZipFile.OpenRead(Checkout.SharedData("flowers5.zip"));
        var same = 0;
        foreach (var entry in zip.Entries.Where(e => e.Length > 0).Where((_, i) => i % 15 == 0))
        {
            using var bytes = new MemoryStream();
            using (var file = entry.Open())
                file.CopyTo(bytes);
            var without = PictureMetadata.Without(bytes.ToArray())!;
            Assert.Equal(ImageDecoder.Decode(bytes.ToArray()).Pixels, ImageDecoder.Decode(without).Pixels);
            same += without.AsSpan().SequenceEqual(bytes.ToArray()) ? 1 : 0;
        }
        Assert.InRange(same, 1, 100);
    }

    /// <summary>Cut anywhere, and with any byte changed: either nothing is written, or something that decodes no worse.</summary>
    [Fact]
    public void Comes_of_damaged_files_without_a_crash()
    {
        var random = new Random(5);
        foreach (var file in (byte[][])[Jpeg, Png, WebP, Samples.Bmp, [0xFF, 0xD8], "GIF8"u8.ToArray(), "RIFF"u8.ToArray(), [], [1]])
        {
            for (var cut = 0; cut < file.Length; cut += 1 + cut / 40)
                _ = PictureMetadata.Without(file.AsSpan(0, cut));
            for (var change = 0; change < 500 && file.Length > 0; change++)
            {
                byte[] changed = [.. file];
                changed[random.Next(file.Length)] = (byte)random.Next(256);
                _ = PictureMetadata.Without(changed);
            }
        }
        Assert.Null(PictureMetadata.Without([]));
        Assert.Null(PictureMetadata.Without("no picture"u8));
    }
}

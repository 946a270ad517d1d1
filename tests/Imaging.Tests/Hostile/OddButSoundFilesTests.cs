namespace GpuGeek.Imaging.Tests.Hostile;

public sealed class OddButSoundFilesTests
{
    [Fact]
    public void Junk_behind_the_picture_is_left_alone()
    {
        foreach (var file in new[] { Samples.Jpeg, Samples.Png, Samples.WebP })
        {
            byte[] polyglot = [.. file, .. "PK\u0003\u0004 <script>alert(1)</script>"u8];
            Assert.Equal(ImageDecoder.Decode(file).Pixels, ImageDecoder.Decode(polyglot).Pixels);
        }
    }

    [Fact]
    public void A_thousand_empty_segments_are_passed_over()
    {
        var jpeg = HostileFiles.WithSegments(Samples.Jpeg, Enumerable.Repeat<byte[]>([0xFF, 0xEF, 0, 2], 1000));
        Assert.Equal(ImageDecoder.Decode(Samples.Jpeg).Pixels, ImageDecoder.Decode(jpeg).Pixels);
    }

    [Fact]
    public void Of_a_hundred_thousand_frames_the_first_is_read()
    {
        var gif = HostileFiles.Gif(1, 100_000);
        Assert.Equal(100_000, ImageProber.Probe(gif).Frames);
        Assert.Equal([200, 10, 20], ImageDecoder.Decode(gif).Pixels);
    }

    [Fact]
    public void A_hundred_thousand_scans_are_refused() =>
        Assert.Equal(ImageException.Damaged, Outcome.Of(HostileFiles.WithScans(Samples.Jpeg, 100_000)));

    [Fact]
    public void A_compressed_text_of_a_hundred_megabytes_is_not_unpacked()
    {
        var bomb = HostileFiles.Deflated(new byte[100_000_000]);
        var png = HostileFiles.GrayPng(
            8,
            8,
            HostileFiles.Chunk("iCCP", [.. "p\0\0"u8, .. bomb]),
            HostileFiles.Chunk("zTXt", [.. "Comment\0\0"u8, .. bomb]),
            HostileFiles.Chunk("iTXt", [.. "Comment\0\u0001\0\0\0"u8, .. bomb])
        );
        Assert.Equal(new byte[8 * 8 * 3], ImageDecoder.Decode(png).Pixels);
    }

    [Fact]
    public void A_header_height_larger_than_the_pixels_is_damage()
    {
        var jpeg = (byte[])Samples.Jpeg.Clone();
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        jpeg[frame + 5] = 0x20;
        Assert.Equal(ImageException.Damaged, Outcome.Of(jpeg));
    }

    [Fact]
    public void A_thousand_restart_markers_are_followed()
    {
        var image = ImageDecoder.Decode(HostileFiles.RestartingJpeg(blocks: 1000, written: 1000));
        Assert.Equal((8000, 8), (image.Width, image.Height));
        Assert.All(image.Pixels, p => Assert.Equal(128, p));
    }

    [Fact]
    public void Pixels_missing_behind_a_restart_marker_are_damage() =>
        Assert.Equal(ImageException.Damaged, Outcome.Of(HostileFiles.RestartingJpeg(blocks: 1000, written: 900)));

    [Fact]
    public void A_bit_fallen_over_in_a_png_is_damage()
    {
        var png = (byte[])Samples.Png.Clone();
        png[png.Length / 2] ^= 0x10;
        Assert.Equal(ImageException.Damaged, Outcome.Of(png));
    }

    [Fact]
    public void Bytes_are_not_changed_by_reading_them()
    {
        var before = (byte[])Samples.Jpeg.Clone();
        ImageDecoder.Decode(Samples.Jpeg);
        Assert.Equal(before, Samples.Jpeg);
    }
}

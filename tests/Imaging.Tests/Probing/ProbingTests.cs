using GpuGeek.Imaging.Tests.Hostile;
using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Probing;

public sealed class ProbingTests(PillowPeer pillow)
{
    [Fact]
    public void Tells_the_size_that_decoding_gives()
    {
        foreach (var peer in pillow.Cases("lossless").Concat(pillow.Cases("lossy")))
        {
            var probe = ImageProber.Probe(peer.Bytes());
            Assert.Equal((peer.Name, peer.Width, peer.Height), (peer.Name, probe.Width, probe.Height));
        }
    }

    [Theory]
    [InlineData("png-exif-", 1, 8)]
    [InlineData("jpeg-exif-", 1, 8)]
    [InlineData("webp-exif", 6, 6)]
    public void Tells_the_orientation(string name, int first, int last)
    {
        var cases = pillow.Cases("lossless").Concat(pillow.Cases("lossy")).Where(c => c.Name.StartsWith(name, StringComparison.Ordinal));
        Assert.Equal(
            Enumerable.Range(first, last - first + 1),
            cases.OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => ImageProber.Probe(c.Bytes()).Orientation)
        );
    }

    [Theory]
    [InlineData("gif-animated")]
    [InlineData("webp-animated")]
    [InlineData("png-animated")]
    public void Counts_the_frames(string name) =>
        Assert.Equal(3, ImageProber.Probe(pillow.Cases("lossless").Single(c => c.Name == name).Bytes()).Frames);

    [Fact]
    public void Goes_by_content()
    {
        Assert.Equal(ImageFormat.Jpeg, ImageProber.Probe(Samples.Jpeg).Format);
        Assert.Equal(ImageFormat.Png, ImageProber.Probe(Samples.Png).Format);
        Assert.Equal(ImageFormat.WebP, ImageProber.Probe(Samples.WebP).Format);
        Assert.Equal(ImageFormat.Bmp, ImageProber.Probe(Samples.Bmp).Format);
        Assert.Equal(ImageFormat.Gif, ImageProber.Probe(HostileFiles.Gif(9, 1)).Format);
    }

    [Fact]
    public void Needs_the_header_only() => Assert.Equal((96, 64), Sides(ImageProber.Probe(Samples.Png.AsSpan(0, 60))));

    [Fact]
    public void Finds_the_orientation_behind_the_pixels()
    {
        var exif = HostileFiles.Chunk("eXIf", [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
        byte[] png = [.. Samples.Png[..^12], .. exif, .. Samples.Png[^12..]];
        Assert.Equal((64, 96), Sides(ImageProber.Probe(png)));
        Assert.Equal(64, ImageDecoder.Decode(png).Width);
    }

    [Fact]
    public void A_senseless_orientation_is_none()
    {
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(1, ImageProber.Probe(HostileFiles.WithSegments(Samples.Jpeg, [exif])).Orientation);
    }

    private static (int Width, int Height) Sides(ImageProbe probe) => (probe.Width, probe.Height);
}

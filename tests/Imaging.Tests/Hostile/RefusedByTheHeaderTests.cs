namespace GpuGeek.Imaging.Tests.Hostile;

public sealed class RefusedByTheHeaderTests
{
    public static TheoryData<string, byte[], string> Files =>
        new()
        {
            { "nothing", [], ImageException.Empty },
            { "PNG of 30 000 squared", HostileFiles.Png(30_000, 30_000), ImageException.TooLarge },
            { "PNG of 2^31", HostileFiles.Png(0x80000000, 1), ImageException.TooLarge },
            { "PNG of 2^32-1 squared", HostileFiles.Png(uint.MaxValue, uint.MaxValue), ImageException.TooLarge },
            { "PNG of no width", HostileFiles.Png(0, 10), ImageException.Empty },
            { "PNG of 8000 squared", HostileFiles.Png(8000, 8000), ImageException.TooLarge },
            { "JPEG of 65 535 squared", HostileFiles.Jpeg(65_535, 65_535), ImageException.TooLarge },
            { "JPEG of no height", HostileFiles.Jpeg(10, 0), ImageException.Empty },
            { "JPEG of 12 bits", HostileFiles.Jpeg(10, 10, precision: 12), ImageException.UnsupportedFormat },
            { "JPEG without loss", HostileFiles.Jpeg(10, 10, frame: 0xC3), ImageException.UnsupportedFormat },
            { "JPEG that ends at once", [0xFF, 0xD8, 0xFF, 0xD9], ImageException.Damaged },
            { "GIF of 65 535 squared", HostileFiles.Gif(65_535, 1), ImageException.TooLarge },
            { "GIF whose frame is outside its screen", HostileFiles.Gif(4, 1, left: 4), ImageException.Damaged },
            { "GIF without a frame", HostileFiles.Gif(4, 0), ImageException.Damaged },
            { "WebP of 2^24 squared", HostileFiles.WebP(1 << 24, 1 << 24), ImageException.TooLarge },
            { "BMP of 2^31 rows from the top", HostileFiles.Bmp(10, int.MinValue), ImageException.TooLarge },
            { "BMP of negative width", HostileFiles.Bmp(-10, 10), ImageException.Damaged },
            { "text that starts like a BMP", [.. "BMW drives on and on and on and on and on and on"u8], ImageException.UnsupportedFormat },
            {
                "SVG with a script",
                [.. "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"u8],
                ImageException.UnsupportedFormat
            },
            { "TIFF whose directory points to itself", [.. "II*\0"u8, 8, 0, 0, 0, 0, 0, 8, 0, 0, 0], ImageException.UnsupportedFormat },
            { "PDF", [.. "%PDF-1.7\n"u8], ImageException.UnsupportedFormat },
        };

    [Theory, MemberData(nameof(Files))]
    public void With_a_reason_and_a_way_out(string what, byte[] file, string code)
    {
        foreach (
            var refused in new[]
            {
                Assert.Throws<ImageException>(() => ImageProber.Probe(file)),
                Assert.Throws<ImageException>(() => ImageDecoder.Decode(file)),
            }
        )
        {
            Assert.Equal((what, code), (what, refused.Code));
            Assert.NotEmpty(refused.Message);
            Assert.NotEmpty(refused.Hint);
        }
    }

    [Fact]
    public void More_bytes_than_allowed() =>
        Assert.Equal(
            ImageException.TooLarge,
            Assert.Throws<ImageException>(() => ImageProber.Probe(Samples.Png, new ImageLimits(MaxBytes: Samples.Png.Length - 1))).Code
        );

    [Fact]
    public void Random_bytes()
    {
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            Assert.Equal(ImageException.UnsupportedFormat, Assert.Throws<ImageException>(() => ImageProber.Probe(bytes)).Code);
        }
    }
}

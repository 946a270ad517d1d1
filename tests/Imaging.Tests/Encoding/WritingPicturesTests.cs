using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Encoding;

public sealed class WritingPicturesTests
{
    [Fact]
    public void Png_comes_back_as_it_went()
    {
        var image = Gradient(67, 41);
        Assert.Equal(image.Pixels, ImageDecoder.Decode(ImageEncoder.Png(image)).Pixels);
    }

    [Fact]
    public void Jpeg_comes_back_nearly_as_it_went()
    {
        var image = Gradient(67, 41);
        var bytes = ImageEncoder.Jpeg(image, 95);
        Assert.Equal(ImageFormat.Jpeg, ImageProber.Probe(bytes).Format);
        Assert.InRange(Difference.Between(image, ImageDecoder.Decode(bytes)).Mean, 0, 3);
    }

    [Theory]
    [InlineData(1024, 512, 256, 128)]
    [InlineData(300, 900, 85, 256)]
    [InlineData(16_000, 2, 256, 1)]
    [InlineData(200, 100, 200, 100)] // never enlarged
    public void A_thumbnail_keeps_the_proportions(int width, int height, int expectedWidth, int expectedHeight)
    {
        var probe = ImageProber.Probe(Thumbnails.Create(Gradient(width, height)));
        Assert.Equal((ImageFormat.Jpeg, expectedWidth, expectedHeight), (probe.Format, probe.Width, probe.Height));
    }

    private static RgbImage Gradient(int width, int height)
    {
        var image = RgbImage.Black(width, height);
        for (var i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i / 3 % width * 255 / width / (1 + i % 3));
        return image;
    }
}

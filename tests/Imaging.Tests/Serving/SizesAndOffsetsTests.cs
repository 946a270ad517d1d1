using GpuGeek.Domain.Models;

namespace GpuGeek.Imaging.Tests.Serving;

public sealed class SizesAndOffsetsTests
{
    [Theory]
    [InlineData(500, 375, 256, 341, 256)]
    [InlineData(375, 500, 256, 256, 341)]
    [InlineData(333, 500, 256, 256, 384)] // 384.38: cut, not rounded
    [InlineData(100, 100, 256, 256, 256)]
    public void The_longer_side_is_cut_to_a_whole_number(int width, int height, int shorter, int expectedWidth, int expectedHeight)
    {
        var resized = Preprocessor.ResizeShorter(RgbImage.Black(width, height), shorter);
        Assert.Equal((expectedWidth, expectedHeight), (resized.Width, resized.Height));
    }

    [Theory]
    [InlineData(5, 4, 0)] // 0.5 to 0
    [InlineData(7, 4, 2)] // 1.5 to 2
    [InlineData(9, 4, 2)] // 2.5 to 2
    public void The_offset_is_rounded_half_to_even(int side, int crop, int offset)
    {
        var image = RgbImage.Black(side, side);
        for (var i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i / 3);
        Assert.Equal(
            offset * side + offset,
            Preprocessor.Square(image, Preprocessing.ImageNet(crop) with { ResizeShorter = side }).Pixels[0]
        );
    }

    [Theory]
    [InlineData(2, 3, 1)] // 3.33 becomes 3: one pixel stays on each side
    [InlineData(1, 1000, 2)] // a column of one pixel
    public void A_padded_picture_stands_in_the_middle(int width, int height, int column)
    {
        var white = new RgbImage(width, height, [.. Enumerable.Repeat((byte)255, width * height * 3)]);
        var rule = Preprocessing.ImageNet(5) with { ResizeShorter = 5, Resize = ResizeRule.Pad };
        var padded = Preprocessor.Square(white, rule);
        var lit = Enumerable.Range(0, 5).Where(x => padded.Pixels[x * 3] == 255).ToArray();
        Assert.Equal(width == 2 ? [column, column + 1, column + 2] : [column], lit);
    }

    [Theory]
    [InlineData(ResizeRule.Crop, true)]
    [InlineData(ResizeRule.Squash, true)]
    [InlineData(ResizeRule.Pad, false)]
    public void A_strip_one_pixel_high_is_served_without_being_resized_whole(ResizeRule rule, bool reachesTheTop)
    {
        var strip = ImageEncoder.Png(new RgbImage(16_384, 1, [.. Enumerable.Repeat((byte)255, 16_384 * 3)]));
        var tensor = new float[3 * 224 * 224];
        Preprocessor.Run(strip, Preprocessing.ImageNet(224) with { Resize = rule }, tensor);
        Assert.Equal((1f - 0.485f) / 0.229f, tensor[112 * 224]);
        Assert.Equal(reachesTheTop, tensor[0] > 0);
    }

    [Fact]
    public void A_strip_is_not_resized_whole_on_its_own()
    {
        var refused = Assert.Throws<ImageException>(() => Preprocessor.ResizeShorter(RgbImage.Black(16_384, 1), 256));
        Assert.Equal(ImageException.TooLarge, refused.Code);
    }

    [Fact]
    public void A_tensor_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => Preprocessor.ToTensor(RgbImage.Black(4, 4), Preprocessing.ImageNet(4), new float[47]));
}

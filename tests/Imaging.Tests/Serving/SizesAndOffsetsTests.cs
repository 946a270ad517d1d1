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
        Assert.Equal(offset * side + offset, Preprocessor.CenterCrop(image, crop).Pixels[0]);
    }

    [Fact]
    public void A_picture_smaller_than_the_crop_is_padded_with_black()
    {
        var white = new RgbImage(2, 3, [.. Enumerable.Repeat((byte)255, 18)]);
        var padded = Preprocessor.CenterCrop(white, 5);
        var lit = Enumerable.Range(0, 25).Where(i => padded.Pixels[i * 3] == 255);
        Assert.Equal([6, 7, 11, 12, 16, 17], lit); // columns 1 and 2, rows 1 to 3
    }

    [Fact]
    public void A_strip_one_pixel_high_is_served_without_being_resized_whole()
    {
        var strip = ImageEncoder.Png(new RgbImage(16_384, 1, [.. Enumerable.Repeat((byte)255, 16_384 * 3)]));
        var tensor = new float[3 * 224 * 224];
        Preprocessor.Run(strip, Preprocessing.ImageNet(224), tensor);
        Assert.Equal((1f - 0.485f) / 0.229f, tensor[0]);
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

using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Transforms;

public sealed class AugmentingAsTorchvisionTests(TorchvisionPeer torchvision)
{
    private static readonly byte[] Fill = [10, 200, 30];

    private void AssertSame(string group, Func<PeerCase, RgbImage> ours, double mean = 0, int largest = 0) =>
        Difference.AssertAll(torchvision.Cases(group), ours, mean, largest);

    [Fact]
    public void A_picture_mirrored_upside_down_is_the_same() =>
        AssertSame("flip-vertical", c => TrainingTransforms.FlipVertical(c.Picture()));

    [Fact]
    public void A_crop_from_a_padded_picture_is_the_same() =>
        AssertSame(
            "padded-crop",
            c => TrainingTransforms.PaddedCrop(c.Picture(), c.Int("x"), c.Int("y"), c.Int("width"), c.Int("height"), Fill)
        );

    [Fact]
    public void An_erased_rectangle_is_the_same() =>
        AssertSame("erase", c => TrainingTransforms.Erase(c.Picture(), c.Int("x"), c.Int("y"), c.Int("width"), c.Int("height"), Fill));

    [Fact]
    public void A_picture_that_is_shifted_scaled_sheared_and_turned_is_the_same() =>
        AssertSame(
            "affine",
            c =>
            {
                var change = new AffineChange(
                    c.Number("degrees"),
                    c.Int("shiftX"),
                    c.Int("shiftY"),
                    c.Number("scale"),
                    c.Number("shearX"),
                    c.Number("shearY")
                );
                return TrainingTransforms.Affine(c.Picture(), change, Fill);
            }
        );

    /// <summary>torchvision solves for the mapping in single precision: a value that is whole by mathematics becomes a little less and is
    /// cut off.</summary>
    [Fact]
    public void A_picture_seen_from_the_side_is_the_same_but_for_rounding() =>
        AssertSame("perspective", c => TrainingTransforms.Perspective(c.Picture(), Corners(c), Fill), mean: 0.5, largest: 1);

    [Fact]
    public void Hues_turn_alike() => AssertSame("hue", c => TrainingTransforms.Hue(c.Picture(), c.Number("turn")));

    [Fact]
    public void Colours_become_the_same_greys() => AssertSame("grayscale", c => TrainingTransforms.Grayscale(c.Picture()));

    [Fact]
    public void A_blurred_picture_is_the_same_but_for_rounding() =>
        AssertSame("blur", c => TrainingTransforms.GaussianBlur(c.Picture(), c.Int("size"), c.Number("sigma")), mean: 0.01, largest: 1);

    [Fact]
    public void A_sharpened_or_smoothed_picture_is_the_same() =>
        AssertSame("sharpness", c => TrainingTransforms.Sharpness(c.Picture(), c.Number("factor")));

    [Fact]
    public void Posterised_values_are_the_same() => AssertSame("posterize", c => TrainingTransforms.Posterize(c.Picture(), c.Int("bits")));

    [Fact]
    public void Solarised_values_are_the_same() =>
        AssertSame("solarize", c => TrainingTransforms.Solarize(c.Picture(), c.Number("threshold")));

    [Fact]
    public void Equalised_levels_are_the_same() => AssertSame("equalize", c => TrainingTransforms.Equalize(c.Picture()));

    [Fact]
    public void Stretched_levels_are_the_same() => AssertSame("autocontrast", c => TrainingTransforms.AutoContrast(c.Picture()));

    [Fact]
    public void A_negative_is_the_same() => AssertSame("invert", c => TrainingTransforms.Invert(c.Picture()));

    private static PictureCorners Corners(PeerCase c)
    {
        int[] n = [.. c.Args.GetProperty("corners").EnumerateArray().Select(e => e.GetInt32())];
        return new((n[0], n[1]), (n[2], n[3]), (n[4], n[5]), (n[6], n[7]));
    }
}

public sealed class AChangeThatCannotBe
{
    private static readonly RgbImage Picture = RgbImage.Black(10, 8);

    [Fact]
    public void Is_refused()
    {
        Action[] changes =
        [
            () => TrainingTransforms.Erase(Picture, 5, 5, 6, 2),
            () => TrainingTransforms.PaddedCrop(Picture, 0, 0, 0, 1),
            () => TrainingTransforms.Affine(Picture, new(Scale: 0)),
            () => TrainingTransforms.Affine(Picture, new(ShearX: 90)),
            () => TrainingTransforms.Perspective(Picture, new((0, 0), (5, 5), (9, 9), (0, 7))),
            () => TrainingTransforms.Perspective(Picture, new((9, 0), (0, 0), (0, 7), (9, 7))),
            () => TrainingTransforms.GaussianBlur(Picture, 4, 1),
            () => TrainingTransforms.GaussianBlur(Picture, 17, 1),
            () => TrainingTransforms.GaussianBlur(Picture, 3, 0),
            () => TrainingTransforms.Posterize(Picture, 9),
            () => TrainingTransforms.Hue(Picture, 0.51),
        ];
        Assert.All(changes, change => Assert.ThrowsAny<ArgumentException>(change));
    }
}

using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Transforms;

public sealed class AugmentingAsPillowTests(PillowPeer pillow)
{
    [Fact]
    public void A_crop_resized_is_the_same() =>
        Difference.AssertAll(
            pillow.Cases("crop"),
            c => TrainingTransforms.RandomResizedCrop(c.Picture(), c.Int("x"), c.Int("y"), c.Int("width"), c.Int("height"), c.Int("size")),
            mean: 0,
            largest: 0
        );

    [Fact]
    public void A_mirrored_picture_is_the_same() =>
        Difference.AssertAll(pillow.Cases("flip"), c => TrainingTransforms.FlipHorizontal(c.Picture()), mean: 0, largest: 0);

    [Fact]
    public void A_turned_picture_is_the_same() =>
        Difference.AssertAll(
            pillow.Cases("rotate"),
            c => TrainingTransforms.Rotate(c.Picture(), c.Number("degrees"), [10, 200, 30]),
            mean: 0,
            largest: 0
        );

    [Fact]
    public void Colours_change_alike() =>
        Difference.AssertAll(
            pillow.Cases("color"),
            c => TrainingTransforms.ColorJitter(c.Picture(), c.Number("brightness"), c.Number("contrast"), c.Number("saturation")),
            mean: 0,
            largest: 0
        );

    [Fact]
    public void A_box_outside_the_picture_is_refused() =>
        Assert.Throws<ArgumentException>(() => TrainingTransforms.RandomResizedCrop(RgbImage.Black(10, 10), 5, 5, 6, 5, 8));
}

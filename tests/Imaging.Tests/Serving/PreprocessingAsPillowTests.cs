using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Serving;

public sealed class PreprocessingAsPillowTests(PillowPeer pillow)
{
    [Fact]
    public void The_square_has_the_same_pixels() =>
        Difference.AssertAll(pillow.Cases("preprocess"), c => Preprocessor.Square(c.Picture(), RuleOf(c)), mean: 0, largest: 0);

    [Fact]
    public void The_serving_path_gives_the_normalised_square()
    {
        var cases = pillow.Cases("preprocess");
        Assert.NotEmpty(cases);
        foreach (var peer in cases)
        {
            var preprocessing = RuleOf(peer);
            var tensor = new float[3 * preprocessing.CropSize * preprocessing.CropSize];
            Preprocessor.Run(peer.Bytes(), preprocessing, tensor);
            AssertNormalised(peer, preprocessing, tensor);
        }
    }

    private static Preprocessing RuleOf(PeerCase peer) =>
        new(
            peer.Int("shorter"),
            peer.Int("crop"),
            Preprocessing.ImageNetMean,
            Preprocessing.ImageNetStd,
            (ResizeRule)peer.Int("rule"),
            [10, 200, 30]
        );

    [Fact]
    public void Without_colours_each_channel_is_Pillows_luma()
    {
        var cases = pillow.Cases("preprocess-gray");
        Assert.NotEmpty(cases);
        foreach (var peer in cases)
        {
            var preprocessing = RuleOf(peer) with { Grayscale = true };
            var tensor = new float[3 * preprocessing.CropSize * preprocessing.CropSize];
            Preprocessor.Run(peer.Bytes(), preprocessing, tensor);
            AssertNormalised(peer, preprocessing, tensor);
            var picture = Preprocessor.Square(peer.Picture(), preprocessing);
            Preprocessor.ToGray(picture);
            Assert.Equal(peer.ExpectedImage().Pixels, picture.Pixels);
        }
    }

    private static void AssertNormalised(PeerCase peer, Preprocessing preprocessing, float[] tensor)
    {
        var expected = peer.ExpectedImage().Pixels;
        var plane = tensor.Length / 3;
        for (var i = 0; i < tensor.Length; i++)
        {
            var channel = i / plane;
            var value = (expected[i % plane * 3 + channel] / 255.0 - preprocessing.Mean[channel]) / preprocessing.Std[channel];
            Assert.True(
                Math.Abs(value - tensor[i]) < 1e-5,
                $"{peer.Name}, channel {channel}, position {i % plane}: {value} and {tensor[i]}"
            );
        }
    }
}

using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Serving;

public sealed class PreprocessingAsPillowTests(PillowPeer pillow)
{
    [Fact]
    public void The_steps_give_the_same_crop() =>
        Difference.AssertAll(
            pillow.Cases("preprocess"),
            c => Preprocessor.CenterCrop(Preprocessor.ResizeShorter(c.Picture(), c.Int("shorter")), c.Int("crop")),
            mean: 0,
            largest: 0
        );

    [Fact]
    public void The_serving_path_gives_the_normalised_crop()
    {
        var cases = pillow.Cases("preprocess");
        Assert.NotEmpty(cases);
        foreach (var peer in cases)
        {
            var preprocessing = new Preprocessing(
                peer.Int("shorter"),
                peer.Int("crop"),
                Preprocessing.ImageNetMean,
                Preprocessing.ImageNetStd
            );
            var tensor = new float[3 * preprocessing.CropSize * preprocessing.CropSize];
            Preprocessor.Run(peer.Bytes(), preprocessing, tensor);
            AssertNormalised(peer, preprocessing, tensor);
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

using GpuGeek.Training.Optimization;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Optimization;

public sealed class AClippedGradient
{
    [Fact]
    public void That_is_too_long_keeps_its_direction_and_gets_the_norm()
    {
        using var gradient = tensor((float[])[3, -4, 12]);
        GradientClipping.Apply(gradient, 6.5);
        Assert.Equal([1.5f, -2, 6], gradient.data<float>().ToArray().Select(v => MathF.Round(v, 4)));
    }

    [Fact]
    public void That_is_short_enough_keeps_its_bits()
    {
        float[] values = [0.1f, -0.7f, 0.3333333f];
        using var gradient = tensor(values);
        GradientClipping.Apply(gradient, 1);
        Assert.Equal(values, gradient.data<float>().ToArray());
    }

    [Fact]
    public void Of_zeros_stays_zero()
    {
        using var gradient = zeros(3);
        GradientClipping.Apply(gradient, 1);
        Assert.Equal([0f, 0, 0], gradient.data<float>().ToArray());
    }
}

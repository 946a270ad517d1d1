using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Domain.Tests.Models;

public sealed class AThreshold
{
    private static TestPrediction Said(float confidence, bool isRight) => new("", isRight ? 0 : 1, 0, [confidence, 1 - confidence]);

    [Fact]
    public void Leaves_out_what_is_below_it()
    {
        var figures = ThresholdFigures.Of([Said(0.55f, false), Said(0.7f, true), Said(0.9f, false), Said(0.99f, true), Said(1, true)]);
        Assert.Equal(100, figures.Length);
        ThresholdFigures At(int percent) => figures[percent];
        Assert.Equal(new(0, 1, 0.6, 0.6), At(0));
        Assert.Equal(new(0.55, 1, 0.6, 0.6), At(55));
        Assert.Equal(new(0.56, 0.8, 0.75, 0.6), At(56));
        Assert.Equal(new(0.91, 0.4, 1, 0.4), At(91));
        Assert.Equal(new(0.99, 0.4, 1, 0.4), At(99));
        Assert.Null(ThresholdFigures.Of([Said(0.5f, true)])[60].Precision);
        Assert.Equal(
            (1, 0),
            (ThresholdFigures.Of([Said(float.NaN, true)])[0].Coverage, ThresholdFigures.Of([Said(float.NaN, true)])[1].Coverage)
        );
        Assert.Equal(0, ThresholdFigures.Of([Said(0.5f, true)])[60].Coverage);
    }
}

using GpuGeek.Training.Engine;

namespace GpuGeek.Training.Tests.Engine;

public sealed class ASpreadOfTimes
{
    [Fact]
    public void Is_the_mean_between_the_fastest_and_slowest_tenth() =>
        Assert.Equal(new TimeSpread(2, 6, 10), TimeSpread.Of(Enumerable.Range(1, 11).Select(i => (double)i)));

    [Theory]
    [InlineData(50.0)]
    [InlineData(0.000001)]
    public void Contains_its_mean_whatever_one_step_took(double odd)
    {
        var spread = TimeSpread.Of([.. Enumerable.Repeat(1.0, 19), odd]);
        Assert.InRange(spread.Usual, spread.Low, spread.High);
        Assert.Equal((18 + 1 + odd) / 20, spread.Usual, 1e-12);
    }

    [Fact]
    public void Of_one_time_is_that_time() => Assert.Equal(new TimeSpread(3, 3, 3), TimeSpread.Of([3]));
}

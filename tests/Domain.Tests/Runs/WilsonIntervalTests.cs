using CsCheck;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Domain.Tests.Runs;

public sealed class TheIntervalOfAnAccuracy
{
    // Newcombe 1998 (Statistics in Medicine 17), table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void It_equals_the_published_ones(int successes, int trials, double low, double high)
    {
        var interval = WilsonInterval.Of(successes, trials);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void It_always_holds_the_accuracy_itself() =>
        Gen.Int[1, 10_000]
            .SelectMany(n => Gen.Select(Gen.Int[0, n], Gen.Const(n)))
            .Sample(
                (k, n) =>
                {
                    var (low, high) = WilsonInterval.Of(k, n);
                    Assert.InRange((double)k / n, low - 1e-12, high + 1e-12);
                    Assert.InRange(low, 0, 1);
                    Assert.InRange(high, 0, 1);
                }
            );

    [Fact]
    public void Nothing_measured_has_none() => Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(0, 0));
}

using Bunit;
using GpuGeek.Web.Components.Sharing;

namespace GpuGeek.Web.Tests.Components.Sharing;

public sealed class ACurvesFrame
{
    private static CurveSeries Series(params (long Step, double Value)[] points) =>
        new("x", false, [.. points.Select(p => new CurvePoint(p.Step, p.Value))]);

    [Fact]
    public void Lies_between_round_numbers()
    {
        var frame = CurveFrame.Around([Series((1, 0.13), (700, 1.68))])!;
        Assert.Equal([0, 0.5, 1, 1.5, 2], frame.YTicks.Select(t => t.Value));
        Assert.Equal([200, 400, 600], frame.XTicks.Select(t => t.Value));
        Assert.Equal("M0 93.5L100 16", frame.Line([new(1, 0.13), new(700, 1.68)]));
    }

    [Fact]
    public void Leaves_out_what_is_no_number()
    {
        var series = Series((1, 0), (2, double.NaN), (3, 1));
        Assert.Equal("M0 100L100 0", CurveFrame.Around([series])!.Line(series.Points));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-9)]
    [InlineData(0.5)]
    [InlineData(-12345)]
    [InlineData(1e12)]
    public void Has_room_for_a_single_value(double value)
    {
        var frame = CurveFrame.Around([Series((5, value))])!;
        Assert.InRange(frame.YTicks.Count, 2, 12);
        Assert.StartsWith("M0 ", frame.Dots([new(5, value)]), StringComparison.Ordinal);
        Assert.All(frame.YTicks, t => Assert.InRange(t.At, -0.001, 100.001));
    }

    [Fact]
    public void Is_none_around_nothing() => Assert.Null(CurveFrame.Around([Series(), Series((1, double.NaN))]));
}

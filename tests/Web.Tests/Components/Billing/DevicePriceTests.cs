using GpuGeek.Contracts.Billing;
using GpuGeek.Web.Components.Pages.Billing;

namespace GpuGeek.Web.Tests.Components.Billing;

public sealed class PricesOfDevicesAsText
{
    [Fact]
    public void Are_read_as_they_are_written()
    {
        var prices = new Dictionary<string, MoneyResponse> { ["gpu"] = new("2.5000", "USD"), ["a100"] = new("4.1000", "USD") };
        Assert.Equal("a100 4.1000\ngpu 2.5000", DevicePrices.Text(prices));
        Assert.Equal(
            new Dictionary<string, decimal> { ["gpu"] = 2.5m, ["a100"] = 4.1m },
            DevicePrices.Read(" a100   4.1 \r\n\n gpu 2.5000\n")
        );
        Assert.Empty(DevicePrices.Read("")!);
    }

    [Theory]
    [InlineData("a100")]
    [InlineData("a100 4.1 5")]
    [InlineData("a100 4,1")]
    [InlineData("a100 four")]
    [InlineData("a100 4\na100 5")]
    public void Are_refused_where_a_line_is_unclear(string text) => Assert.Null(DevicePrices.Read(text));
}

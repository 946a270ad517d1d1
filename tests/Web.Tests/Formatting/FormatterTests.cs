using System.Globalization;
using GpuGeek.Contracts.Billing;
using GpuGeek.Web.Formatting;
using GpuGeek.Web.Localization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Tests.Formatting;

public sealed class NumbersForPeople
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static Formatter In(string language)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        return new(services.GetRequiredService<IStringLocalizer<Words>>(), new Still());
    }

    private static string Plain(string text) => text.Replace('\u00a0', ' ');

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(3.24, "3.2 s")]
    [InlineData(9.97, "10 s")]
    [InlineData(59.6, "1 min")]
    [InlineData(252, "4 min 12 s")]
    [InlineData(3600, "1 h")]
    [InlineData(8040, "2 h 14 min")]
    [InlineData(93600, "1 d 2 h")]
    [InlineData(double.NaN, "not measured yet")]
    [InlineData(-1, "not measured yet")]
    public void A_duration_has_its_two_largest_units(double seconds, string expected) =>
        Assert.Equal(expected, Plain(In("en").Duration(seconds)));

    [Fact]
    public void What_is_counted_in_hours_stays_in_hours() => Assert.Equal("1,250.5 h", Plain(In("en").Hours(1250.5m)));

    [Fact]
    public void A_duration_speaks_the_pages_language() => Assert.Equal("4 分 12 秒", Plain(In("zh-Hans").Duration(252.0)));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(999_960, "1.0 MB")]
    [InlineData(16_900_000, "16.9 MB")]
    [InlineData(long.MaxValue, "9223.4 PB")]
    public void A_size_has_one_decimal(long bytes, string expected) => Assert.Equal(expected, Plain(In("en").Bytes(bytes)));

    [Fact]
    public void An_accuracy_comes_with_half_its_interval() =>
        Assert.Equal("89.4 % ± 2.5", Plain(In("en").PercentWithInterval(0.894, [0.869, 0.919])));

    [Theory]
    [InlineData(null)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_not_known_is_said(double? value) => Assert.Equal("not measured yet", In("en").Percent(value));

    [Theory]
    [InlineData(10, "just now")]
    [InlineData(60, "a minute ago")]
    [InlineData(180, "3 minutes ago")]
    [InlineData(7200, "2 hours ago")]
    [InlineData(86400, "yesterday")]
    [InlineData(432_000, "5 days ago")]
    public void A_time_is_told_from_now(int secondsAgo, string expected) =>
        Assert.Equal(expected, In("en").Relative(Now.AddSeconds(-secondsAgo)));

    [Theory]
    [InlineData("12.3400", "USD", "$12.34")]
    [InlineData("0.0031", "USD", "$0.0031")]
    [InlineData("1200", "EUR", "1,200.00 EUR")]
    public void An_amount_keeps_what_it_has(string amount, string currency, string expected) =>
        Assert.Equal(expected, Plain(In("en").Money(new MoneyResponse(amount, currency))));

    [Theory]
    [InlineData(3_504_872, "3.50 M")]
    [InlineData(11_689_512, "11.7 M")]
    [InlineData(300_774_272, "301 M")]
    [InlineData(12, "12")]
    public void A_large_count_has_three_figures(double value, string expected) => Assert.Equal(expected, Plain(In("en").Compact(value)));

    private sealed class Still : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

using AngleSharp.Dom;
using Bunit;
using GpuGeek.Contracts.Teamwork;
using GpuGeek.Web.Components.Pages.Teamwork;
using GpuGeek.Web.Components.Sharing;

namespace GpuGeek.Web.Tests.Components;

public sealed class ACommentsText() : Screen("en")
{
    private static readonly Guid Ann = Guid.Parse("00000000-0000-0000-0000-000000000001");

    private IElement Draw(string text, params MentionSpanResponse[] mentions) => Render<CommentText>(p => p.Add(c => c.Text, text).Add(c => c.Mentions, mentions).Add(c => c.Me, Ann)).Find("p");

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)> & <b>bold</b>")]
    [InlineData("two\nlines\n\n  and space")]
    [InlineData("&lt;b&gt;")]
    public void Is_shown_as_it_was_typed_and_never_read_as_markup(string text)
    {
        var shown = Draw(text);
        Assert.Equal(text, shown.TextContent);
        Assert.Empty(shown.Children);
    }

    [Fact]
    public void Shows_who_is_named_by_name_and_whether_it_is_me()
    {
        var shown = Draw("Ask @ann@example.org or @Bo.", new(Guid.Empty, "Bo", 24, 3), new(Ann, "Ann", 4, 16));
        Assert.Equal("Ask @Ann or @Bo.", shown.TextContent);
        Assert.Equal([("@Ann", "mention me"), ("@Bo", "mention")], shown.Children.Select(c => (c.TextContent, c.ClassName!.Trim())));
    }

    [Fact]
    public void Is_whole_where_a_mention_lies_outside_of_it() => Assert.Equal("short", Draw("short", new MentionSpanResponse(Ann, "Ann", 3, 9)).TextContent);
}

public sealed class ASentence() : Screen("en")
{
    [Theory]
    [InlineData("{0} started {1}", "Ann started <a>run</a>")]
    [InlineData("{1}: {0}", "<a>run</a>: Ann")]
    public void Puts_who_and_what_where_the_language_wants_them(string text, string shown) =>
        Assert.Equal(shown, Render<Sentence>(p => p.Add(s => s.Text, text).Add(s => s.Who, "Ann").AddChildContent("<a>run</a>")).Markup.Replace("<b>", "", StringComparison.Ordinal).Replace("</b>", "", StringComparison.Ordinal).Trim());
}

public sealed class ACurvesFrame
{
    private static CurveSeries Series(params (long Step, double Value)[] points) => new("x", false, [.. points.Select(p => new CurvePoint(p.Step, p.Value))]);

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

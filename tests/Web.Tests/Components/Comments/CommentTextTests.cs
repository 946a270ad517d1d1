using AngleSharp.Dom;
using Bunit;
using GpuGeek.Contracts.Comments;
using GpuGeek.Web.Components.Pages.Comments;

namespace GpuGeek.Web.Tests.Components.Comments;

public sealed class ACommentsText() : Screen("en")
{
    private static readonly Guid Ann = Guid.Parse("00000000-0000-0000-0000-000000000001");

    private IElement Draw(string text, params MentionSpanResponse[] mentions) =>
        Render<CommentText>(p => p.Add(c => c.Text, text).Add(c => c.Mentions, mentions).Add(c => c.Me, Ann)).Find("p");

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
    public void Is_whole_where_a_mention_lies_outside_of_it() =>
        Assert.Equal("short", Draw("short", new MentionSpanResponse(Ann, "Ann", 3, 9)).TextContent);
}

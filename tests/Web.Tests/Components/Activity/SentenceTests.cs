using AngleSharp.Dom;
using Bunit;
using GpuGeek.Web.Components.Controls;

namespace GpuGeek.Web.Tests.Components.Activity;

public sealed class ASentence() : Screen("en")
{
    [Theory]
    [InlineData("{0} started {1}", "Ann started <a>run</a>")]
    [InlineData("{1}: {0}", "<a>run</a>: Ann")]
    public void Puts_who_and_what_where_the_language_wants_them(string text, string shown) =>
        Assert.Equal(
            shown,
            Render<Sentence>(p => p.Add(s => s.Text, text).Add(s => s.Who, "Ann").AddChildContent("<a>run</a>"))
                .Markup.Replace("<b>", "", StringComparison.Ordinal)
                .Replace("</b>", "", StringComparison.Ordinal)
                .Trim()
        );
}

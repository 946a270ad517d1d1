using System.Text.RegularExpressions;
using CsCheck;
using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Tests.Common;

public sealed class NamingThings
{
    [Theory]
    [InlineData("Flowers", "flowers")]
    [InlineData("  Acme & Sons, Ltd. ", "acme-sons-ltd")]
    [InlineData("Café Zürich", "cafe-zurich")]
    [InlineData("花", "fallback")]
    [InlineData("---", "fallback")]
    public void A_slug_keeps_what_an_address_may_hold(string name, string slug) => Assert.Equal(slug, Slug.From(name, "fallback"));

    [Fact]
    public void Every_slug_matches_the_pattern_and_stays_itself() =>
        Gen.String.Sample(name =>
        {
            var slug = Slug.From(name, "x");
            Assert.Matches(new Regex(Slug.Pattern), slug);
            Assert.Equal(slug, Slug.From(slug, "x"));
        });
}

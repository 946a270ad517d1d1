using Bunit;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class AVersionWithAWarning() : Screen("en")
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("few_pictures", "test", "a, b, c and 2 more", "Test has fewer than 10 pictures of a, b, c and 2 more")]
    [InlineData("class_missing", "val", "", "Validation has no picture of a, b, c and 2 more")]
    [InlineData("divided_groups", null, "", "10 groups have pictures in several splits")]
    [InlineData("near_duplicates", null, "", "10 pictures of the validation and test sets nearly equal")]
    public void Says_what_it_is(string code, string? split, string classes, string text)
    {
        Services.AddScoped(_ => new FakeApi().Person("viewer").Client());
        var warning = new VersionWarningResponse(code, split, ["a", "b", "c", "d", "e"], 10);
        var version = new VersionResponse(
            Guid.Parse("00000000-0000-0000-0000-000000000015"),
            Guid.Empty,
            1,
            "sha256:0",
            0,
            9,
            ["a"],
            new Dictionary<string, IReadOnlyDictionary<string, int>>(),
            Then,
            null,
            [warning]
        );
        var card = Render<VersionsCard>(p =>
            p.Add(c => c.Org, "acme")
                .Add(c => c.Project, "flowers")
                .Add(c => c.Dataset, new(Guid.Empty, "flowers", "Flowers", 9, 2, 9, 1, Then))
                .Add(c => c.Versions, [version])
        );
        var shown = card.Find("[data-testid=warning]").TextContent;
        Assert.Contains(text, shown, StringComparison.Ordinal);
        Assert.Contains(classes, shown, StringComparison.Ordinal);
    }
}

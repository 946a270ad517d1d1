using Bunit;
using GpuGeek.Contracts.Models;
using GpuGeek.Web.Components.Pages.Models;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Models;

public sealed class TheFiguresOfAModel() : Screen("en")
{
    private const string Path = "orgs/acme/models/flowers/versions/3";

    private static CalibrationFiguresResponse Calibration(double brier) => new(brier, [new(0, 0.5, 0, 0, 0), new(0.5, 1, 4, 0.75, 0.5)]);

    private static EvaluationFiguresResponse Figures(ModelComparisonResponse? previous) =>
        new(
            100,
            [new(1, 0.9, [0.82, 0.94]), new(3, 0.99, [0.95, 1])],
            new(0.8, 0.7, 0.74),
            new(0.9, 0.9, 0.89),
            Calibration(0.2),
            Calibration(0.15),
            [new("rose", "a & b", 3)],
            [new("a & b", 0.9, 0.8), new("rose", 0.95, 0.7), new("fern", null, null)],
            previous,
            [],
            []
        );

    private IRenderedComponent<FiguresCard> Shown(ModelComparisonResponse? previous)
    {
        var api = new FakeApi()
            .Person("viewer")
            .Answer($"GET {Path}/figures", Figures(previous))
            .Answer($"GET {Path}/curves", new ClassCurvesResponse("rose", 0.95, 0.7, [new(0.9, 0.5, 0, 1), new(0.1, 1, 1, 0.5)]));
        Services.AddScoped(_ => api.Client());
        return Render<FiguresCard>(p =>
            p.Add(c => c.Org, "acme")
                .Add(c => c.Model, "flowers")
                .Add(c => c.Version, 3)
                .Add(c => c.CellUrl, (label, predicted) => $"/cell?{label}/{predicted}")
        );
    }

    [Fact]
    public void Are_shown_with_the_curves_of_the_class_that_is_separated_worst()
    {
        var card = Shown(previous: null);
        card.WaitForAssertion(() => Assert.Contains("ROC, area 0.950", card.Markup, StringComparison.Ordinal));
        var text = card.Find("[data-testid=figures]").TextContent;
        Assert.Contains("Among the first 3", text, StringComparison.Ordinal);
        Assert.Contains("0.150", text, StringComparison.Ordinal);
        Assert.Contains("0.200 without the temperature", text, StringComparison.Ordinal);
        Assert.Empty(card.FindAll("[data-testid=previous]"));
        Assert.Equal("/cell?rose/a & b", card.Find(".confused a").GetAttribute("href"));
        // From nothing found to all found: 0.5 of the class before any other picture.
        Assert.Contains("M0 100L0 50L100 0", card.Markup, StringComparison.Ordinal);
        // A bin without pictures is no point.
        Assert.Contains("M75 50h0", card.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("M0 100h0", card.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, 1, 0.021, "This version is better")]
    [InlineData(1, 9, 0.021, "This version is worse")]
    [InlineData(4, 2, 0.6875, "That may be chance")]
    public void Say_whether_a_difference_to_the_version_before_is_one(int onlyThis, int onlyOther, double probability, string verdict)
    {
        var card = Shown(new(2, 0.85, [0.8, 0.9], 100, onlyThis, onlyOther, probability));
        var said = card.WaitForElement("[data-testid=previous]").TextContent;
        Assert.StartsWith("Version 2 has", said, StringComparison.Ordinal);
        Assert.Contains(verdict, said, StringComparison.Ordinal);
    }
}

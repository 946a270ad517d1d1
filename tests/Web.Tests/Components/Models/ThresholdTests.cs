using Bunit;
using GpuGeek.Contracts.Models;
using GpuGeek.Web.Components.Pages.Models;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Models;

public sealed class TheThresholdOfAModel() : Screen("en")
{
    private const string Path = "orgs/acme/models/flowers/versions/3";
    private static readonly Guid Set = Guid.Parse("00000000-0000-0000-0000-000000000021");
    private readonly FakeApi _api = new FakeApi().Person("editor");

    private static readonly ThresholdsResponse Both = new(
        "validation",
        [new(0, 1, 0.8, 0.8), new(0.01, 0.9, 0.85, 0.765)],
        [new(0, 1, 0.7, 0.7), new(0.01, 0.95, null, 0.6)]
    );

    private IRenderedComponent<ThresholdCard> Shown(ThresholdsResponse thresholds)
    {
        _api.Answer($"GET {Path}/thresholds", thresholds);
        Services.AddScoped(_ => _api.Client());
        return Render<ThresholdCard>(p =>
            p.Add(c => c.Org, "acme")
                .Add(c => c.Model, "flowers")
                .Add(c => c.Version, 3)
                .Add(c => c.DatasetVersion, Set)
                .Add(c => c.MayEdit, true)
        );
    }

    private static string[] Cells(IRenderedComponent<ThresholdCard> card) =>
        [.. card.FindAll("[data-testid=thresholds] tbody td").Select(td => td.TextContent.Replace('\u00a0', ' '))];

    [Fact]
    public void Moves_and_says_what_it_gives_on_validation_and_on_test()
    {
        var card = Shown(Both);
        card.WaitForElement("[data-testid=thresholds]");
        Assert.Equal(["100.0 %", "100.0 %", "80.0 %", "70.0 %", "80.0 %", "70.0 %"], Cells(card));
        card.Find("input[type=range]").Input("1");
        Assert.Equal("0.01", card.Find("[data-testid=threshold]").TextContent);
        Assert.Equal(["90.0 %", "95.0 %", "85.0 %", "–", "76.5 %", "60.0 %"], Cells(card));
    }

    [Theory]
    [InlineData("learned", "This run trained on its validation pictures too")]
    [InlineData("folds", "The run learned from its training and validation pictures")]
    public void Says_where_the_run_learned_from_the_pictures_it_is_chosen_on(string basis, string text) =>
        Assert.StartsWith(
            text,
            Shown(Both with { Basis = basis }).WaitForElement("[data-testid=basis]").TextContent,
            StringComparison.Ordinal
        );

    [Fact]
    public void Asks_for_the_evaluation_that_it_is_chosen_on()
    {
        EvaluationResponse Evaluation(string state) =>
            new(
                Set,
                Set,
                "shop",
                Set,
                2,
                "val",
                new Dictionary<string, string>(),
                state,
                0.5,
                null,
                false,
                9,
                0,
                0,
                null,
                null,
                1,
                default
            );
        _api.Answer($"POST {Path}/evaluations", Evaluation("queued")).Answer($"GET {Path}/evaluations/{Set}", Evaluation("succeeded"));
        var card = Shown(new("none", [], Both.Test));
        card.WaitForElement("button").Click();
        card.WaitForElement("[role=progressbar]");
        Assert.Contains("\"split\":\"val\"", _api.Sent($"POST {Path}/evaluations"), StringComparison.Ordinal);
        _api.Answer($"GET {Path}/thresholds", Both);
        card.WaitForElement("[data-testid=thresholds]", TimeSpan.FromSeconds(10));
        Assert.Equal(6, Cells(card).Length);
    }
}

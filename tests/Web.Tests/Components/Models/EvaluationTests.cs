using System.Text.Json.Nodes;
using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Models;
using GpuGeek.Web.Components.Pages.Models;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Models;

public sealed class TheEvaluationsOfAModel() : Screen("en")
{
    private const string Path = "orgs/acme/models/flowers/versions/3";
    private static readonly Guid Set = Guid.Parse("00000000-0000-0000-0000-000000000021");
    private static readonly Guid Own = Guid.Parse("00000000-0000-0000-0000-000000000022");
    private static readonly Guid Other = Guid.Parse("00000000-0000-0000-0000-000000000023");
    private readonly FakeApi _api = new FakeApi().Person("editor");

    private static EvaluationResponse Evaluation(Guid id, string state = "succeeded", int leftOut = 0, int? seen = 0, int looks = 1) =>
        new(
            id,
            Set,
            "shop",
            Set,
            2,
            id == Own ? "test" : "val",
            new Dictionary<string, string>(),
            state,
            0.5,
            null,
            id == Own,
            90,
            leftOut,
            seen,
            state == "succeeded" ? 0.9 : null,
            state == "succeeded" ? [0.82, 0.95] : null,
            looks,
            default
        );

    private IRenderedComponent<EvaluationsCard> Shown(bool mayEdit, params EvaluationResponse[] evaluations)
    {
        _api.Answer($"GET {Path}/evaluations", new Page<EvaluationResponse>([.. evaluations], null));
        Services.AddScoped(_ => _api.Client());
        var card = Render<EvaluationsCard>(p =>
            p.Add(c => c.Org, "acme")
                .Add(c => c.Project, "shop")
                .Add(c => c.Model, "flowers")
                .Add(c => c.Version, 3)
                .Add(c => c.MayEdit, mayEdit)
        );
        card.WaitForElement("[data-testid=evaluations] li");
        return card;
    }

    [Fact]
    public void Say_what_was_scored_and_what_makes_the_figures_too_good()
    {
        var card = Shown(mayEdit: false, Evaluation(Other, leftOut: 4, seen: 7, looks: 3), Evaluation(Own));
        var rows = card.FindAll("[data-testid=evaluations] > li");
        Assert.Equal(2, rows.Count);
        var text = rows[0].TextContent;
        Assert.Contains("shop v2 · Validation", text, StringComparison.Ordinal);
        Assert.Contains("90 pictures scored. 4 left out. 3 model versions were evaluated on them.", text, StringComparison.Ordinal);
        Assert.StartsWith(
            "7 of them were in the training or validation set",
            rows[0].QuerySelector("[data-testid=seen]")!.TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal($"/acme/shop/models/flowers/3?evaluation={Other}", rows[0].QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal("/acme/shop/models/flowers/3", rows[1].QuerySelector("a")!.GetAttribute("href"));
        Assert.Null(rows[1].QuerySelector("[data-testid=seen]"));
        Assert.Empty(card.FindAll("button"));
    }

    [Fact]
    public void Show_their_progress_until_they_have_ended()
    {
        var card = Shown(mayEdit: true, Evaluation(Other, "running"), Evaluation(Own));
        Assert.Equal("50", card.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.Contains("running", card.Markup, StringComparison.Ordinal);
        _api.Answer($"GET {Path}/evaluations", new Page<EvaluationResponse>([Evaluation(Other), Evaluation(Own)], null));
        card.WaitForAssertion(() => Assert.Empty(card.FindAll("[role=progressbar]")), TimeSpan.FromSeconds(10));
        // The run's own cannot be deleted.
        Assert.Equal("Delete the evaluation shop v2 · Validation", Assert.Single(card.FindAll("li button")).GetAttribute("aria-label"));
    }

    [Fact]
    public void Ask_what_classes_mean_that_the_model_does_not_have()
    {
        _api.Answer(
                $"GET {Path}",
                new ModelVersionResponse(Own, "flowers", 3, Own, Set, "resnet18", ["daisy", "rose"], null!, "sha256:0", 1, [], default, [])
            )
            .Answer("GET orgs/acme/datasets", new Page<DatasetResponse>([new(Set, "shop", "shop", 99, 3, 1, 1, default)], null))
            .Answer($"GET orgs/acme/datasets/{Set}/versions", new Page<VersionResponse>([Version()], null))
            .Answer(
                $"GET {Path}/evaluations/preview",
                new EvaluationPreviewResponse(
                    94,
                    [new("daisy", 50, "daisy", null), new("Roses", 40, null, "rose"), new("weed", 4, null, null)],
                    ["rose"],
                    2
                )
            )
            .Answer($"POST {Path}/evaluations", Evaluation(Other, "queued"));
        var card = Shown(mayEdit: true, Evaluation(Own));
        card.FindAll("button").Single(b => b.TextContent.Contains("Evaluate", StringComparison.Ordinal)).Click();
        card.WaitForElement("[data-testid=meaning]");
        Assert.Contains("94 pictures of 3 classes. 2 model versions were evaluated on them before.", card.Markup, StringComparison.Ordinal);
        Assert.Contains("No picture of the split is of: rose.", card.Markup, StringComparison.Ordinal);
        card.Find("form").Submit();
        card.WaitForAssertion(() => Assert.Contains($"POST {Path}/evaluations", _api.Calls));
        var sent = JsonNode.Parse(_api.Sent($"POST {Path}/evaluations"))!;
        Assert.Equal(("test", "rose", ""), ((string)sent["split"]!, (string)sent["classes"]!["Roses"]!, (string)sent["classes"]!["weed"]!));
        card.WaitForAssertion(() => Assert.Empty(card.FindAll("form")));
    }

    private static VersionResponse Version() =>
        new(
            Set,
            Set,
            2,
            "sha256:0",
            0,
            99,
            ["daisy", "Roses", "weed"],
            new Dictionary<string, IReadOnlyDictionary<string, int>>(),
            default,
            new(0.7, 0.15, 0.15),
            []
        );
}

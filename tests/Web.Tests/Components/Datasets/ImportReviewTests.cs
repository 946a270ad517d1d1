using System.Text.Json.Nodes;
using Bunit;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class AnImportThatNeedsADecision() : Screen("en")
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly Guid Id = Guid.Parse("00000000-0000-0000-0000-000000000016");
    private static readonly string Path = $"orgs/acme/datasets/{Dataset}/imports/{Id}";
    private readonly FakeApi _api = new FakeApi().Person("editor").Answer($"POST {Path}/start", Import(null)).Answer($"DELETE {Path}", "");
    private bool _changed;

    private static ImportResponse Import(ImportFindingsResponse? found) =>
        new(Id, Dataset, "more.zip", 9, "review", 1, 0, 0, [], null, null, Then, Then, Then) { Findings = found, ReviewUntil = Then };

    private IRenderedComponent<ImportPanel> Shown(ImportFindingsResponse found, bool mayEdit = true)
    {
        Services.AddScoped(_ => _api.Client());
        return Render<ImportPanel>(p =>
            p.Add(c => c.Org, "acme")
                .Add(c => c.Import, Import(found))
                .Add(c => c.ClassNames, ["lily", "rose"])
                .Add(c => c.CanCancel, mayEdit)
                .Add(c => c.Changed, () => _changed = true)
        );
    }

    private static readonly ImportFindingsResponse Everything = new(
        22,
        1,
        3,
        4,
        7,
        0,
        [new("Roses", 5, "rose"), new("fern", 6, null), new("Lilly", 2, "lily")],
        ["rose/1.png"],
        ["lily/2.png"]
    );

    [Fact]
    public void Says_what_it_would_do_and_starts_as_it_is_decided()
    {
        var panel = Shown(Everything);
        var text = panel.Find("[data-testid=review]").TextContent;
        Assert.Contains("New pictures: 22", text, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be imported", text, StringComparison.Ordinal);
        Assert.Contains("New classes: fern (6)", text, StringComparison.Ordinal);
        Assert.Contains("rose/1.png, lily/2.png", text, StringComparison.Ordinal);
        // The nearly equal name is meant unless somebody says otherwise.
        panel.Find("select[aria-label='Class for Lilly']").Change("Lilly");
        panel.FindAll("input[type=radio]")[2].Change(true);
        panel.Find("input[type=checkbox]").Change(false);
        panel.Find("form").Submit();
        panel.WaitForAssertion(() => Assert.True(_changed));
        var sent = JsonNode.Parse(_api.Sent($"POST {Path}/start"))!;
        Assert.Equal(("replace", false), ((string)sent["onExisting"]!, (bool)sent["unlabelled"]!));
        Assert.Equal("""{"Roses":"rose"}""", sent["classes"]!.ToJsonString());
    }

    [Fact]
    public void Asks_only_what_is_to_be_decided()
    {
        var panel = Shown(new(2, 0, 0, 0, 2, 0, [], [], []));
        Assert.Empty(panel.FindAll("select, input[type=radio]"));
        Assert.Equal("Import the pictures without a label (2)", panel.Find("label.check span").FirstChild!.TextContent);
    }

    [Fact]
    public void Is_discarded()
    {
        var panel = Shown(Everything);
        panel.FindAll("button").Single(b => b.TextContent == "Discard").Click();
        panel.WaitForAssertion(() => Assert.True(_changed));
    }

    [Fact]
    public void Waits_for_somebody_who_may_edit()
    {
        var panel = Shown(Everything, mayEdit: false);
        Assert.Empty(panel.FindAll("button"));
        Assert.Contains("Waiting for somebody who may edit", panel.Markup, StringComparison.Ordinal);
    }
}

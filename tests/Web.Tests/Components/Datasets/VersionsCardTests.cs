using System.Text.Json.Nodes;
using Bunit;
using Bunit.TestDoubles;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class AVersionOnItsCard() : Screen("en")
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly VersionResponse Version = new(
        Guid.Parse("00000000-0000-0000-0000-000000000015"),
        Dataset,
        3,
        "sha256:0",
        0,
        9,
        ["a"],
        new Dictionary<string, IReadOnlyDictionary<string, int>>(),
        Then
    )
    {
        Note = "the second <camera>",
        Runs = 2,
        Models = 1,
    };
    private static readonly string Path = $"orgs/acme/datasets/{Dataset}/versions/{Version.Id}";
    private readonly FakeApi _api = new FakeApi().Person("editor").Answer($"PATCH {Path}", Version);
    private bool _reloaded;

    private IRenderedComponent<VersionsCard> Shown(bool mayEdit = true)
    {
        Services.AddScoped(_ => _api.Client());
        return Render<VersionsCard>(p =>
            p.Add(c => c.Org, "acme")
                .Add(c => c.Project, "flowers")
                .Add(c => c.Dataset, new(Dataset, "flowers", "Flowers", 9, 2, 9, 1, Then))
                .Add(c => c.Versions, [Version])
                .Add(c => c.MayEdit, mayEdit)
                .Add(c => c.Created, () => _reloaded = true)
        );
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<VersionsCard> card, string text) =>
        card.FindAll("button").Last(b => b.TextContent.Trim() == text);

    [Fact]
    public void Says_what_was_noted_and_what_learned_from_it()
    {
        var card = Shown(mayEdit: false);
        Assert.Equal("the second <camera>", card.Find("[data-testid=note]").TextContent);
        Assert.Contains("9 images · seed 0 · 2 runs, 1 model", card.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(card.FindAll("button"), b => b.TextContent.Trim() == "Note");
    }

    [Fact]
    public void Keeps_a_changed_note()
    {
        var card = Shown();
        Button(card, "Note").Click();
        Assert.Equal("the second <camera>", card.WaitForElement("#version-note").GetAttribute("value"));
        card.Find("#version-note").Change("the third");
        card.Find("form").Submit();
        card.WaitForAssertion(() => Assert.True(_reloaded));
        Assert.Equal("the third", (string)JsonNode.Parse(_api.Sent($"PATCH {Path}"))!["note"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Is_downloaded_without_metadata_unless_they_are_asked_for(bool keeps)
    {
        _api.Answer($"GET {Path}/archive", new VersionArchiveResponse("https://gpugeek.example.org/api/v1/archives/abc", Then));
        var card = Shown(mayEdit: false);
        Button(card, "Download").Click();
        card.WaitForElement("input[type=checkbox]").Change(keeps);
        Button(card, "Download").Click();
        var navigation = Services.GetRequiredService<BunitNavigationManager>();
        card.WaitForAssertion(() => Assert.Equal("/api/v1/archives/abc", navigation.History.First().Uri));
        Assert.True(navigation.History.First().Options.ForceLoad);
        Assert.Equal($"?metadata={(keeps ? "keep" : "strip")}", _api.Query($"GET {Path}/archive"));
    }
}

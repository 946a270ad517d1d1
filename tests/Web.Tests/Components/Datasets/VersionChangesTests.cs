using Bunit;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class TheChangesOfAVersion() : Screen("en")
{
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");

    private static VersionResponse Version(int number) =>
        new(
            Guid.Parse($"00000000-0000-0000-0000-{number:000000000000}"),
            Dataset,
            number,
            "sha256:0",
            0,
            9,
            [],
            new Dictionary<string, IReadOnlyDictionary<string, int>>(),
            default
        );

    private IRenderedComponent<VersionChanges> Shown(VersionChangesResponse changes)
    {
        var versions = new[] { Version(3), Version(2), Version(1) };
        var api = new FakeApi().Person("editor").Answer($"GET orgs/acme/datasets/{Dataset}/versions/{versions[0].Id}/changes", changes);
        Services.AddScoped(_ => api.Client());
        return Render<VersionChanges>(p => p.Add(c => c.Org, "acme").Add(c => c.Version, versions[0]).Add(c => c.Versions, versions));
    }

    [Fact]
    public void Are_told_picture_by_picture_since_the_version_before()
    {
        var counts = new Dictionary<string, int>
        {
            ["added"] = 1,
            ["removed"] = 1,
            ["relabelled"] = 1,
            ["moved"] = 1,
            ["regrouped"] = 0,
        };
        VersionChangeResponse[] items =
        [
            new("a", ["added"], null, new("rose", "train", null), "/a"),
            new("b", ["removed"], new("tulip", "test", null), null, "/b"),
            new("c", ["relabelled", "moved"], new("rose", "train", "ann"), new("tulip", "val", "ann"), "/c"),
        ];
        var shown = Shown(new(counts, items, null));
        Assert.Equal(
            ["Added: rose, Train", "Removed: tulip, Test", "rose → tulip · Train → Validation"],
            shown.FindAll("[data-testid=change]").Select(c => c.TextContent.Trim())
        );
        Assert.Equal(
            ["Added 1", "Removed 1", "Relabelled 1", "Moved to another split 1"],
            shown.FindAll(".chip").Select(c => c.TextContent)
        );
        Assert.Equal(Version(2).Id.ToString(), shown.Find("select").GetAttribute("value"));
    }

    [Fact]
    public void Of_which_there_are_none_say_so() =>
        Assert.Contains(
            "Both versions have the same pictures",
            Shown(new(new Dictionary<string, int> { ["added"] = 0 }, [], null)).Markup,
            StringComparison.Ordinal
        );
}

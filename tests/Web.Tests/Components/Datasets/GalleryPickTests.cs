using System.Text.Json.Nodes;
using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class PicturesThatAreSelected() : Screen("en")
{
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly string Edits = $"POST orgs/acme/datasets/{Dataset}/images/edits";
    private readonly FakeApi _api = new FakeApi().Person("editor");

    private static Guid Id(int id) => Guid.Parse($"00000000-0000-0000-0000-{id:000000000000}");

    private static ImageEditResponse Edit(int count, bool undone = false) =>
        new(Id(99), count, default, default, undone ? DateTimeOffset.UnixEpoch : null);

    private IRenderedComponent<Gallery> Shown(bool mayEdit = true, int count = 6)
    {
        var images = Enumerable
            .Range(0, 6)
            .Select(i => new ImageResponse(Id(i), "rose", null, $"{i}.jpg", "jpeg", 9, 9, 9, "sha256:0", "/t", "/c", default));
        _api.Answer($"GET orgs/acme/datasets/{Dataset}/images", new Page<ImageResponse>([.. images], null))
            .Answer($"GET orgs/acme/datasets/{Dataset}/images/count", new ImageCountResponse(count, false))
            .Answer(Edits, Edit(3))
            .Answer($"{Edits}/{Id(99)}/undo", Edit(3, undone: true));
        Services.AddScoped(_ => _api.Client());
        var gallery = Render<Gallery>(p =>
            p.Add(g => g.Org, "acme")
                .Add(g => g.Dataset, Dataset)
                .Add(g => g.View, new(new("rose")))
                .Add(g => g.ClassNames, ["daisy", "rose"])
                .Add(g => g.MayEdit, mayEdit)
        );
        gallery.WaitForElement(".gallery");
        // As the script does when it has measured them.
        _ = gallery.InvokeAsync(() => gallery.Instance.LayoutAsync(6, 126));
        gallery.WaitForElement(".tile");
        return gallery;
    }

    private JsonNode Sent() => JsonNode.Parse(_api.Sent(Edits))!;

    private Guid[] Named() => [.. Sent()["images"]!.AsArray().Select(id => Guid.Parse((string)id!))];

    [Fact]
    public void Are_relabelled_together_and_undone()
    {
        var gallery = Shown();
        gallery.FindAll(".pick")[1].Click();
        gallery.FindAll(".pick")[3].Click(new MouseEventArgs { ShiftKey = true });
        Assert.Equal("3 selected", gallery.Find("[data-testid=picked] b").TextContent);
        gallery.Find("[data-testid=picked] select").Change("daisy");
        gallery.WaitForElement("[data-testid=edited]");
        Assert.Equal([Id(1), Id(2), Id(3)], Named());
        Assert.Equal("daisy", (string)Sent()["class"]!);
        Assert.Contains("3 pictures changed.", gallery.Markup, StringComparison.Ordinal);
        Assert.Empty(gallery.FindAll("[data-testid=picked]"));
        gallery.Find("[data-testid=edited] button").Click();
        gallery.WaitForAssertion(() => Assert.Contains("3 pictures are as they were.", gallery.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Are_all_that_match_where_more_match_than_are_shown()
    {
        var gallery = Shown(count: 7);
        gallery.FindAll(".pick")[0].Click();
        gallery.FindAll("[data-testid=picked] button")[0].Click();
        Assert.Equal("All matching pictures selected", gallery.Find("[data-testid=picked] b").TextContent);
        gallery.FindAll("[data-testid=picked] button")[^2].Click();
        gallery.WaitForElement("[data-testid=edited]");
        Assert.Equal(("rose", true, null), ((string)Sent()["filter"]!["class"]!, (bool)Sent()["remove"]!, Sent()["images"]));
        Assert.Contains("3 pictures removed.", gallery.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Say_how_many_are_changed_while_they_are()
    {
        var ended = new TaskCompletionSource();
        _api.Hold(Edits, ended.Task)
            .Answer($"GET orgs/acme/datasets/{Dataset}/images/edits/progress", new ImageEditProgressResponse(35_000, 100_000));
        var gallery = Shown(count: 100_000);
        gallery.FindAll(".pick")[0].Click();
        gallery.FindAll("[data-testid=picked] button")[0].Click();
        gallery.Find("[data-testid=picked] select").Change("daisy");
        var editing = gallery.WaitForElement("[data-testid=editing]");
        Assert.StartsWith("35,000 of 100,000 pictures changed.", editing.QuerySelector("p")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("35", editing.QuerySelector("[role=progressbar]")!.GetAttribute("aria-valuenow"));
        ended.SetResult();
        gallery.WaitForElement("[data-testid=edited]");
        Assert.Empty(gallery.FindAll("[data-testid=editing]"));
    }

    [Fact]
    public async Task Follow_the_keys()
    {
        var gallery = Shown();
        await gallery.InvokeAsync(() => gallery.Instance.KeyAsync("x", 4));
        await gallery.InvokeAsync(() => gallery.Instance.KeyAsync("x", 5));
        await gallery.InvokeAsync(() => gallery.Instance.KeyAsync("9", 5));
        Assert.Equal("2 selected", gallery.Find("[data-testid=picked] b").TextContent);
        await gallery.InvokeAsync(() => gallery.Instance.KeyAsync("1", 5));
        Assert.Equal([Id(4), Id(5)], Named());
        Assert.Equal("daisy", (string)Sent()["class"]!);
        await gallery.InvokeAsync(() => gallery.Instance.KeyAsync("x", 0));
        await gallery.InvokeAsync(() => gallery.Instance.KeyAsync("Escape", 0));
        Assert.Empty(gallery.FindAll("[data-testid=picked]"));
    }

    [Fact]
    public async Task Are_none_for_a_person_who_may_only_look()
    {
        var gallery = Shown(mayEdit: false);
        Assert.Empty(gallery.FindAll(".pick"));
        await gallery.InvokeAsync(() => gallery.Instance.KeyAsync("x", 0));
        Assert.Empty(gallery.FindAll("[data-testid=picked]"));
    }
}

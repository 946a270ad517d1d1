using System.Text.Json.Nodes;
using Bunit;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class AClassThatIsRenamed() : Screen("en")
{
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly string Call = $"POST orgs/acme/datasets/{Dataset}/classes/rename";
    private readonly FakeApi _api = new FakeApi().Person("editor").Answer(Call, new ClassCount("daisy", 110));
    private string? _shown;

    private IRenderedComponent<ClassDialog> Opened()
    {
        Services.AddScoped(_ => _api.Client());
        var dialog = Render<ClassDialog>(p =>
            p.Add(d => d.Org, "acme")
                .Add(d => d.Dataset, Dataset)
                .Add(d => d.Name, "rose")
                .Add(d => d.Classes, [new("daisy", 100), new("rose", 10)])
                .Add(d => d.Renamed, name => _shown = name)
        );
        dialog.Find("button.quiet").Click();
        dialog.WaitForElement("#class-name");
        return dialog;
    }

    [Fact]
    public void Cannot_be_sent_with_the_name_that_it_has()
    {
        var dialog = Opened();
        Assert.Equal("rose", dialog.Find("#class-name").GetAttribute("value"));
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
        dialog.Find("#class-name").Input("  ");
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public void Says_before_it_is_merged_how_many_pictures_become_what()
    {
        var dialog = Opened();
        dialog.Find("#class-name").Input("tulip");
        Assert.Empty(dialog.FindAll("[data-testid=merge]"));
        Assert.Equal("Rename", dialog.Find("button[type=submit]").TextContent);
        dialog.Find("#class-name").Input(" daisy ");
        Assert.Contains(
            "The 10 pictures of rose become part of daisy, which has 100.",
            dialog.Find("[data-testid=merge]").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal("Merge", dialog.Find("button[type=submit]").TextContent);
        dialog.Find("form").Submit();
        dialog.WaitForAssertion(() => Assert.Equal("daisy", _shown));
        var sent = JsonNode.Parse(_api.Sent(Call))!;
        Assert.Equal(("rose", "daisy", true), ((string)sent["from"]!, (string)sent["to"]!, (bool)sent["merge"]!));
    }

    [Fact]
    public void Shows_why_the_server_refuses()
    {
        _api.Refuse(Call, System.Net.HttpStatusCode.Conflict, "class_exists", "The dataset has a class 'tulip' already.");
        var dialog = Opened();
        dialog.Find("#class-name").Input("tulip");
        dialog.Find("form").Submit();
        dialog.WaitForAssertion(() => Assert.Contains("has a class 'tulip' already", dialog.Markup, StringComparison.Ordinal));
        Assert.Null(_shown);
    }
}

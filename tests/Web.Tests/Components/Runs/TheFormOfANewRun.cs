using System.Net;
using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Projects;
using GpuGeek.Contracts.Recipes;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Runs;

/// <summary>Before, an empty field said "by the preset" and nobody knew what that was.</summary>
public sealed class TheFormOfANewRun() : Screen("en")
{
    private const string Resolve = "POST orgs/acme/recipes/resolve";
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly FakeApi _api = new();

    private async Task<IRenderedComponent<NewRunPage>> OpenAsync()
    {
        _api.Person("editor")
            .Answer(
                "GET orgs/acme/projects/flowers",
                new ProjectResponse(Guid.Empty, "flowers", "Flowers", "classification", Then, 10, 1, 0, null, 0, Then, [])
            )
            .Answer("GET orgs/acme/datasets", new Page<DatasetResponse>([new(Guid.Empty, "flowers", "Flowers", 10, 2, 1, 1, Then)], null));
        Services.AddScoped(_ => _api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        var page = Render<NewRunPage>(p => p.Add(n => n.Org, "acme").Add(n => n.Project, "flowers"));
        page.WaitForElement("#data-seed");
        return page;
    }

    [Fact]
    public async Task Shows_what_empty_fields_mean()
    {
        _api.Answer(Resolve, new ResolvedRecipeResponse(SampleRecipes.Other, []));
        var page = await OpenAsync();
        Assert.Equal("1", page.Find("#data-seed").GetAttribute("placeholder"));
        Assert.Equal("solved (by the preset)", page.Find("#transfer-head option").TextContent);
        Assert.Equal("Yes (by the preset)", page.Find("#transfer-refit option").TextContent);
        Assert.Contains("\"preset\":\"fast\"", _api.Sent(Resolve), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_the_preset_chose_for_the_pictures_and_why()
    {
        _api.Answer(
            Resolve,
            new ResolvedRecipeResponse(
                SampleRecipes.Other,
                [new("loss.classWeights", "effective", "rare_classes", [13.34], "The largest class…")]
            )
        );
        var page = await OpenAsync();
        Assert.Contains(
            "Class weights: effective. The largest class has 13.3 times the pictures of the smallest",
            page.Find("[data-testid=choices] li").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Leaves_out_what_says_nothing_beside_them()
    {
        _api.Answer(Resolve, new ResolvedRecipeResponse(SampleRecipes.Other, []));
        var page = await OpenAsync();
        foreach (
            var ofStepsOrBackbones in (string[])["#optimizer-learningRate", "#budget-epochs", "#transfer-layerDecay", "#augmentation-hue"]
        )
            Assert.Empty(page.FindAll(ofStepsOrBackbones));
    }

    [Fact]
    public async Task Takes_a_colour_as_text_and_from_the_palette()
    {
        _api.Answer(Resolve, new ResolvedRecipeResponse(SampleRecipes.Other, []));
        var page = await OpenAsync();
        string? Palette() => page.Find("input[type=color]").GetAttribute("value");
        Assert.Equal(("#102030", "#102030"), (page.Find("#preprocessing-padColor").GetAttribute("placeholder"), Palette()));
        await page.Find("input[type=color]").ChangeAsync(new() { Value = "#a0b0c0" });
        Assert.Equal("#a0b0c0", page.Find("#preprocessing-padColor").GetAttribute("value"));
        await page.Find("#preprocessing-padColor").InputAsync(new() { Value = "#0000ff" });
        Assert.Equal("#0000ff", Palette());
        await page.Find("#preprocessing-padColor").InputAsync(new() { Value = "#0000f" });
        Assert.Equal("#000000", Palette());
        await page.Find("#preprocessing-padColor").InputAsync(new() { Value = "#0000ff" });
        Assert.Contains("\"padColor\": \"#0000ff\"", page.Find("pre.code").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_there_when_the_API_refuses_its_values()
    {
        _api.Refuse(Resolve, HttpStatusCode.UnprocessableEntity, "invalid_recipe", "No.");
        var page = await OpenAsync();
        Assert.Equal("by the preset", page.Find("#data-seed").GetAttribute("placeholder"));
    }
}

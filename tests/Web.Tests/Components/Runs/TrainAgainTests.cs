using System.Net;
using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Projects;
using GpuGeek.Contracts.Recipes;
using GpuGeek.Contracts.Runs;
using GpuGeek.Recipes;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Runs;

/// <summary>Before, the form of a run took over only the dataset version from the run that it was opened from.</summary>
public sealed class AFormThatTakesARecipe
{
    private static readonly StartChoice[] Choices =
    [
        new($"weights:{SampleRecipes.Weights}", "mine.pth", "resnet18", new() { Weights = SampleRecipes.Weights }),
        new("model:flowers:3", "flowers v3", "resnet18", new() { Model = "flowers", Version = 3 }),
    ];

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, SampleRecipes.All.Length)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Asks_for_the_same_recipe_when_nothing_is_changed(int sample)
    {
        var form = new NewRunForm();
        form.Take(SampleRecipes.All[sample], StartChoice.Of(SampleRecipes.All[sample], Choices)!);
        var asked = RecipeDocument.Apply(SampleRecipes.Other, form.Request("flowers").Recipe);
        Assert.Equal(SampleRecipes.All[sample] with { Preset = SampleRecipes.Other.Preset }, asked);
    }

    /// <summary>A setting that is added to the recipe fails here until the samples have it.</summary>
    [Fact]
    public void Is_tried_with_every_setting()
    {
        var own = RecipeSchema.Settings.Where(s => !s.Path.StartsWith("transfer.", StringComparison.Ordinal));
        Assert.All(own, setting => Assert.NotEqual(setting.Of(SampleRecipes.Other), setting.Of(SampleRecipes.Whole)));
        Assert.All(own, setting => Assert.NotNull(setting.Of(SampleRecipes.Whole)));
    }
}

public sealed class TheFormOfARunThatIsTrainedAgain() : Screen("en")
{
    private static readonly Guid Run = Guid.Parse("00000000-0000-0000-0000-000000000011");
    private static readonly Guid Version = Guid.Parse("00000000-0000-0000-0000-000000000012");
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Recipe Recipe = SampleRecipes.Whole;

    private readonly FakeApi _api = new();

    private static RunResponse Trained(Recipe recipe) =>
        new(
            Run,
            "Balanced 3",
            "flowers",
            Version,
            "Flowers",
            2,
            false,
            "succeeded",
            1,
            null,
            1,
            null,
            recipe,
            null,
            null,
            null,
            null,
            1,
            new("0.0000", "USD"),
            9,
            Then,
            Then,
            Then,
            Device: "a100"
        );

    private async Task<IRenderedComponent<NewRunPage>> OpenAsync(
        Recipe recipe,
        string role = "editor",
        bool versionIsThere = true,
        string? absent = null
    )
    {
        _api.Person(role)
            .Answer(
                "GET architectures",
                new Page<ArchitectureResponse>(
                    [
                        .. ((string[])["mobilenet_v2", "resnet18"]).Select(n => new ArchitectureResponse(
                            n,
                            n,
                            224,
                            1,
                            1,
                            0.7,
                            "https://arxiv.org/abs/1",
                            1,
                            1,
                            "MIT",
                            1,
                            true,
                            n,
                            $"https://weights.example/{n}.pth",
                            n != absent
                        )),
                    ],
                    null
                )
            )
            .Answer(
                "GET orgs/acme/projects/flowers",
                new ProjectResponse(Guid.Empty, "flowers", "Flowers", "classification", Then, 10, 1, 0, null, 0, Then, [])
            )
            .Answer("GET orgs/acme/datasets", new Page<DatasetResponse>([new(Dataset, "flowers", "Flowers", 10, 2, 1, 1, Then)], null))
            .Answer(
                $"GET orgs/acme/datasets/{Dataset}/versions",
                new Page<VersionResponse>(versionIsThere ? [Of(Version, 2), Of(Guid.Empty, 3)] : [Of(Run, 3)], null)
            )
            .Answer($"POST orgs/acme/datasets/{Dataset}/augmentation-preview", new AugmentationPreviewResponse([]))
            .Answer("POST orgs/acme/recipes/resolve", new ResolvedRecipeResponse(recipe, []))
            .Answer($"GET orgs/acme/runs/{Run}", Trained(recipe));
        Services.AddScoped(_ => _api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/acme/flowers/runs/new?run={Run}");
        var page = Render<NewRunPage>(p => p.Add(n => n.Org, "acme").Add(n => n.Project, "flowers"));
        page.WaitForElement("form");
        return page;
    }

    private static VersionResponse Of(Guid id, int number) =>
        new(id, Dataset, number, "sha256:0", 0, 10, ["a", "b"], new Dictionary<string, IReadOnlyDictionary<string, int>>(), Then);

    [Fact]
    public async Task Holds_every_value_and_the_dataset_version()
    {
        var page = await OpenAsync(Recipe);
        Assert.Equal("balanced", page.Find("input[name=preset][checked]").GetAttribute("value"));
        string Value(string id) => page.Find("#" + id).GetAttribute("value")!;
        Assert.Equal(
            (Version.ToString(), "resnet18", "3", "7", "8"),
            (Value("version"), Value("architecture"), Value("budget-epochs"), Value("data-seed"), Value("data-batchSize"))
        );
        Assert.Equal(
            ("0.004", "0.02", "0.05", "64"),
            (Value("optimizer-learningRate"), Value("optimizer-weightDecay"), Value("loss-labelSmoothing"), Value("model-inputSize"))
        );
        Assert.Equal(("0.3", "0.1"), (Value("regularization-dropout"), Value("regularization-stochasticDepth")));
        Assert.Equal("a100: no worker is connected, the run waits", page.FindAll("#device option")[^1].TextContent);
        Assert.Contains("\"device\": \"a100\"", page.Find("pre.code").TextContent, StringComparison.Ordinal);
        Assert.Contains("Balanced 3", page.Find("[data-testid=again]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-testid=lost]"));
    }

    [Fact]
    public async Task Says_which_values_exist_no_more_and_what_is_taken_instead()
    {
        var page = await OpenAsync(
            Recipe with
            {
                Model = Recipe.Model with { Architecture = "vgg99" },
                Transfer = Recipe.Transfer with
                {
                    Start = new() { Weights = Dataset, Name = "mine.pth" },
                },
            },
            versionIsThere: false
        );
        var said = page.Find("[data-testid=lost]").TextContent;
        Assert.All(
            ["mine.pth is no longer in this project", "vgg99 is no longer in the catalogue", "Flowers, version 2"],
            part => Assert.Contains(part, said, StringComparison.Ordinal)
        );
        Assert.Equal("published", page.Find("#start").GetAttribute("value"));
    }

    /// <summary>Before, such a run waited in the queue and then failed.</summary>
    [Fact]
    public async Task Marks_absent_weights_and_says_before_the_start_that_the_run_would_be_refused()
    {
        var page = await OpenAsync(Recipe, absent: "resnet18");
        Assert.Equal(["mobilenet_v2", "resnet18 (weights absent)"], page.FindAll("#architecture option").Select(o => o.TextContent));
        Assert.Contains(
            "A run that starts from them is refused.",
            page.Find("[data-testid=weights-absent]").TextContent,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "https://weights.example/resnet18.pth",
            page.Find("[data-testid=weights-absent]").TextContent,
            StringComparison.Ordinal
        );
        await page.Find("#start").ChangeAsync("random");
        Assert.Empty(page.FindAll("[data-testid=weights-absent]"));
        await page.Find("#start").ChangeAsync("published");
        await page.Find("#architecture").ChangeAsync("mobilenet_v2");
        Assert.Empty(page.FindAll("[data-testid=weights-absent]"));
    }

    [Fact]
    public async Task Says_that_the_run_is_gone()
    {
        var page = await OpenAfterAsync(() =>
            _api.Refuse($"GET orgs/acme/runs/{Run}", HttpStatusCode.NotFound, "not_found", "No such run.")
        );
        Assert.Contains("The run to train again no longer exists.", page.Find("[data-testid=lost]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_a_viewer_why_it_cannot_be_started()
    {
        var page = await OpenAsync(Recipe, role: "viewer");
        Assert.Empty(page.FindAll("button[type=submit]"));
        Assert.Contains("need the role editor to start a training; yours is viewer", page.Markup, StringComparison.Ordinal);
    }

    private async Task<IRenderedComponent<NewRunPage>> OpenAfterAsync(Action change)
    {
        await OpenAsync(Recipe);
        change();
        var page = Render<NewRunPage>(p => p.Add(n => n.Org, "acme").Add(n => n.Project, "flowers"));
        page.WaitForElement("form");
        return page;
    }
}

public sealed class TheFormOfARunAsJson
{
    [Fact]
    public void Never_shows_an_empty_id_for_a_version_that_is_still_to_be_made()
    {
        var json = new NewRunForm().Json("flowers");
        Assert.DoesNotContain("00000000-0000", json, StringComparison.Ordinal);
        Assert.Contains($"\"datasetVersion\": \"{NewRunForm.NewVersion}\"", json, StringComparison.Ordinal);
    }
}

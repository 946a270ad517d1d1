using System.Net;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Recipes;
using GpuGeek.Contracts.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Api.Tests.Recipes;

/// <summary>An organisation keeps recipes of its own beside the presets.</summary>
public sealed class ARecipeOfOnesOwn(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static PartialRecipe Epochs(int epochs, string preset = "balanced") => new() { Preset = preset, ["budget.epochs"] = epochs };

    private static Task<RecipeResponse> SaveAsync(TenantSession session, PartialRecipe recipe, string name = "mine", string? note = null) =>
        session.Client.SaveRecipeAsync(
            session.Org,
            new()
            {
                Name = name,
                Recipe = recipe,
                Note = note,
            },
            Cancel
        );

    private static Task<RunResponse> StartAsync(TenantSession session, Guid version, PartialRecipe recipe) =>
        session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                DatasetVersion = version,
                Recipe = recipe,
            },
            Cancel
        );

    [Fact]
    public async Task Is_kept_whole_and_runs_start_from_it_and_say_from_which_version()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var saved = await SaveAsync(session, Epochs(9), note: " Longer ");
        Assert.Equal(("mine", 1, "mine@1", "Longer"), (saved.Name, saved.Version, saved.Reference, saved.Note));
        Assert.Equal((9, 32, "balanced"), (saved.Recipe.Budget.Epochs, saved.Recipe.Data.BatchSize, saved.Recipe.Preset));
        var run = await StartAsync(session, version.Id, new() { Preset = "mine" });
        Assert.Equal(saved.Recipe with { Preset = "mine@1" }, run.Recipe);
        var changed = await StartAsync(session, version.Id, new() { Preset = "mine", ["data.batchSize"] = 4 });
        Assert.Equal((4, 9), (changed.Recipe.Data.BatchSize, changed.Recipe.Budget.Epochs));
    }

    /// <summary>What the form of a new run shows in its empty fields.</summary>
    [Fact]
    public async Task Or_a_preset_can_be_seen_whole_before_a_run_has_it()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        await SaveAsync(session, Epochs(9));
        foreach (var asked in (PartialRecipe[])[new() { Preset = "fast" }, new() { Preset = "mine", ["data.batchSize"] = 4 }])
        {
            var seen = (await session.Client.ResolveRecipeAsync(session.Org, new() { Recipe = asked }, Cancel)).Recipe;
            Assert.Equal((await StartAsync(session, version.Id, asked)).Recipe, seen);
            Assert.Equal(seen, (await StartAsync(session, version.Id, PartialRecipe.Of(seen))).Recipe);
        }
        var refused = await Answers.RefusedAsync(() =>
            session.Client.ResolveRecipeAsync(session.Org, new() { Recipe = new() { Preset = "mine@7" } }, Cancel)
        );
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
    }

    [Fact]
    public async Task Or_a_preset_says_what_it_chose_for_a_version_and_runs_of_it_get_the_same()
    {
        var (session, dataset, _) = await shared.App.RegisterWithVersionAsync();
        await session.AddImagesAsync(dataset.Id, "tulip", 90);
        var version = await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel);
        var asked = new PartialRecipe { Preset = "balanced", ["budget.epochs"] = 3 };
        var answer = await session.Client.ResolveRecipeAsync(session.Org, new() { Recipe = asked, DatasetVersion = version.Id }, Cancel);
        Assert.Equal(
            [("loss.classWeights", "\"effective\"", "rare_classes"), ("data.batchSize", "8", "few_pictures")],
            answer.Choices.Select(c => (c.Setting, c.Value.ToJsonString(), c.Reason))
        );
        Assert.Equal("With 77 training pictures, larger batches would make fewer than 20 steps in an epoch.", answer.Choices[1].Why);
        Assert.Equal(answer.Recipe, (await StartAsync(session, version.Id, asked)).Recipe);
        var plain = await session.Client.ResolveRecipeAsync(session.Org, new() { Recipe = asked }, Cancel);
        Assert.Equal((32, 0), (plain.Recipe.Data.BatchSize, plain.Choices.Count));
    }

    [Fact]
    public async Task Is_not_resolved_for_a_version_of_another_organisation()
    {
        var (_, _, foreign) = await shared.App.RegisterWithVersionAsync();
        var session = await shared.App.RegisterAsync();
        foreach (var version in (Guid[])[foreign.Id, Guid.Empty])
        {
            var refused = await Answers.RefusedAsync(() =>
                session.Client.ResolveRecipeAsync(
                    session.Org,
                    new()
                    {
                        Recipe = new() { Preset = "fast" },
                        DatasetVersion = version,
                    },
                    Cancel
                )
            );
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "unknown_dataset_version"), (refused.Status, refused.Code));
        }
    }

    [Fact]
    public async Task Gets_versions_that_never_change()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var first = await SaveAsync(session, Epochs(3));
        var second = await SaveAsync(session, Epochs(4, "mine"));
        Assert.Equal((2, 4, "mine@1"), (second.Version, second.Recipe.Budget.Epochs, second.Recipe.Preset));
        Assert.Equal(second, Assert.Single((await session.Client.ListRecipesAsync(session.Org, ct: Cancel)).Items));
        Assert.Equal([2, 1], (await session.Client.ListRecipeVersionsAsync(session.Org, "mine", ct: Cancel)).Items.Select(r => r.Version));
        Assert.Equal(first, await session.Client.GetRecipeAsync(session.Org, "mine", 1, Cancel));
        Assert.Equal(second, await session.Client.GetRecipeAsync(session.Org, "mine", ct: Cancel));
        Assert.Equal(3, (await StartAsync(session, version.Id, new() { Preset = "mine@1" })).Recipe.Budget.Epochs);
        Assert.Equal(("mine@2", 4), await NewestAsync());

        async Task<(string, int)> NewestAsync()
        {
            var run = await StartAsync(session, version.Id, new() { Preset = "mine" });
            return (run.Recipe.Preset, run.Recipe.Budget.Epochs);
        }
    }

    [Fact]
    public async Task That_is_deleted_leaves_the_runs_their_values()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        await SaveAsync(session, Epochs(3));
        await SaveAsync(session, Epochs(4));
        var run = await StartAsync(session, version.Id, new() { Preset = "mine" });
        await session.Client.DeleteRecipeAsync(session.Org, "mine", Cancel);
        Assert.Empty((await session.Client.ListRecipesAsync(session.Org, ct: Cancel)).Items);
        Assert.Equal(run.Recipe, (await session.Client.GetRunAsync(session.Org, run.Id, ct: Cancel)).Recipe);
        var refused = await Answers.RefusedAsync(() => session.Client.DeleteRecipeAsync(session.Org, "mine", Cancel));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (refused.Status, refused.Code));
        // Under the same name the numbers begin again; what was said of the old ones stands in the runs.
        Assert.Equal(1, (await SaveAsync(session, Epochs(5))).Version);
    }

    [Fact]
    public async Task Saved_forty_times_at_once_gets_forty_numbers()
    {
        var session = await shared.App.RegisterAsync();
        var saved = await Task.WhenAll(Enumerable.Range(1, 40).Select(epochs => SaveAsync(session, Epochs(epochs))));
        Assert.Equal(Enumerable.Range(1, 40), saved.Select(r => r.Version).Order());
        Assert.Equal(Enumerable.Range(1, 40), saved.Select(r => r.Recipe.Budget.Epochs).Order());
    }

    [Theory]
    [InlineData("mine@9", "of that version")]
    [InlineData("mien", "did you mean 'mine'")]
    [InlineData("balancd", "did you mean 'balanced'")]
    [InlineData("mine@x", "The preset must be")]
    [InlineData("", "The preset must be")]
    public async Task That_is_not_there_is_told_with_the_nearest_name(string preset, string part)
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        await SaveAsync(session, Epochs(3));
        var refused = await Answers.RefusedAsync(() => StartAsync(session, version.Id, new() { Preset = preset }));
        Assert.Equal((HttpStatusCode.BadRequest, "malformed_request"), (refused.Status, refused.Code));
        Assert.Contains(part, refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Has_no_presets_name_and_no_start()
    {
        var session = await shared.App.RegisterAsync();
        var taken = await Answers.RefusedAsync(() => SaveAsync(session, Epochs(3), "fast"));
        Assert.Equal((HttpStatusCode.Conflict, "name_taken"), (taken.Status, taken.Code));
        var started = Epochs(3).With("transfer.start", new StartSettings { Model = "flowers" });
        var refused = await Answers.RefusedAsync(() => SaveAsync(session, started));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "recipe_with_start"), (refused.Status, refused.Code));
        foreach (var name in (string[])["Mine", "mine@2", "-mine", "a b", new('a', 64)])
            Assert.Equal(HttpStatusCode.BadRequest, (await Answers.RefusedAsync(() => SaveAsync(session, Epochs(3), name))).Status);
    }

    [Fact]
    public async Task With_wrong_settings_is_refused_at_their_paths()
    {
        var session = await shared.App.RegisterAsync();
        using var body = new StringContent(
            """{"name":"mine","recipe":{"preset":"fast","budget":{"epoch":3},"loss":{"labelSmoothing":7}}}""",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        var answer = await session.Http.PostAsync(session.At("recipes"), body, Cancel);
        var errors = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["errors"]!.AsObject();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("did you mean 'budget.epochs'", (string)errors["/recipe/budget/epoch"]![0]!, StringComparison.Ordinal);
        Assert.Contains("from 0 to 0.5, not 7", (string)errors["/recipe/loss/labelSmoothing"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Has_a_schema()
    {
        var session = await shared.App.RegisterAsync();
        var schema = JsonNode.Parse(await session.Http.GetStringAsync(new Uri("/api/v1/recipes/schema", UriKind.Relative), Cancel))!;
        Assert.Equal(1000, (int)schema["properties"]!["budget"]!["properties"]!["epochs"]!["maximum"]!);
    }
}

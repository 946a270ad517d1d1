using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Runs;

namespace GpuGeek.Api.Tests.Runs;

/// <summary>A run's recipe can be asked for again: what is sent back gives an equal recipe.</summary>
public sealed class ARecipeThatIsAskedForAgain(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static readonly RecipeRequest Whole = new()
    {
        Preset = "balanced",
        Architecture = "resnet18",
        Epochs = 3,
        Seed = 7,
        BatchSize = 8,
        LearningRate = 0.004,
        WeightDecay = 0.02,
        LabelSmoothing = 0.05,
        Pretrained = true,
        InputSize = 64,
        Dropout = 0.3,
        StochasticDepth = 0.1,
    };

    private static readonly Dictionary<string, RecipeRequest> Recipes = new()
    {
        ["the preset alone"] = new() { Preset = "fast" },
        ["every value"] = Whole,
        ["from random numbers"] = Whole with { Pretrained = false },
        ["from a model"] = Whole with
        {
            Architecture = null,
            Start = new()
            {
                Model = Planted.Project,
                Version = 1,
                Groups = 2,
            },
        },
    };

    public static TheoryData<string> Names => [.. Recipes.Keys];

    private static Task<RunResponse> StartAsync(TenantSession session, Guid version, RecipeRequest recipe) =>
        session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                DatasetVersion = version,
                Recipe = recipe,
            },
            ApiApplication.Cancel
        );

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_the_same(string name)
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        if (Recipes[name].Start is not null)
            await session.AddModelVersionAsync(version.Id);
        var first = await StartAsync(session, version.Id, Recipes[name]);
        var again = await StartAsync(session, version.Id, first.Recipe.ToRequest());
        Assert.Equal(first.Recipe, again.Recipe);
    }

    /// <summary>A field that is added to the contract fails here until "every value" has it, and then above until it is asked for
    /// again.</summary>
    [Fact]
    public void Is_tried_with_every_field()
    {
        foreach (var field in typeof(RecipeRequest).GetProperties())
            Assert.Contains(Recipes.Values, recipe => field.GetValue(recipe) is not null);
    }
}

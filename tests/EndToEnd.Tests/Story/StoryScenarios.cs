namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>Two groups of scenarios on the platform of <see cref="FlowersStory"/>. Within a group, one runs after the other.</summary>
internal static class StoryScenarios
{
    /// <summary>Scenarios of pages, settings and people.</summary>
    public const string Pages = "the story's pages";

    /// <summary>Scenarios that add models and weights to the store, and the one that compares the store with its backup.</summary>
    public const string Objects = "the story's objects";
}

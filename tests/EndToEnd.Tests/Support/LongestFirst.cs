using GpuGeek.EndToEnd.Tests.Processes;
using GpuGeek.EndToEnd.Tests.Story;
using Xunit.Sdk;
using Xunit.v3;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>
/// Collections that take minutes begin first: otherwise the last one would run alone at the end. The second one of the story does not begin
/// beside the first: it would only wait for the story to be told.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        StoryScenarios.Pages,
        ShapesScenarios.Name,
        nameof(WhenEverythingStops),
        StoryScenarios.Objects,
        nameof(WhenTheDiskIsFull),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Place)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}

using System.Diagnostics;
using GpuGeek.EndToEnd.Tests.Support;

namespace GpuGeek.EndToEnd.Tests.Story;

public sealed class BalancedAgainstFast(FlowersStory story, Chromium chromium, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Training_all_layers_is_at_least_as_accurate_on_the_same_pictures()
    {
        var told = await story.ToldAsync(chromium);
        var started = Stopwatch.GetTimestamp();
        var run = await told.Account.Api.CreateRunAsync(told.Account.Org, new() { Project = told.Project, DatasetVersion = told.Run.DatasetVersion, Recipe = new() { Preset = "balanced" } }, Cancel);
        var result = (await told.Account.SucceededAsync(run.Id)).Result!;
        output.WriteLine($"balanced {run.Recipe.Architecture}: test accuracy {result.TestAccuracy:P1} against {told.Run.Result!.TestAccuracy:P1}, in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");

        Assert.InRange(result.TestAccuracy, 0.88, 1);
        Assert.True(result.TestAccuracy >= told.Run.Result.TestAccuracy, $"balanced {result.TestAccuracy} < fast {told.Run.Result.TestAccuracy}");
    }
}

using System.Diagnostics;
using System.Globalization;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>
/// Minutes of training for two figures, so only among the long tests: that each preset trains, resumes and is exported is shown
/// elsewhere.
/// </summary>
[Collection(StoryScenarios.Objects)]
public sealed class BalancedAgainstFast(FlowersStory story, Chromium chromium, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Training_all_layers_is_at_least_as_accurate_on_the_same_pictures()
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        var told = await story.ToldAsync(chromium);
        var started = Stopwatch.GetTimestamp();
        var run = await told.Account.Api.CreateRunAsync(
            told.Account.Org,
            new()
            {
                Project = told.Project,
                DatasetVersion = told.Run.DatasetVersion,
                Recipe = new() { Preset = "balanced" },
            },
            Cancel
        );
        var result = (await told.Account.SucceededAsync(run.Id)).Result!;
        var (balanced, fast, took) = (result.TestAccuracy, told.Run.Result!.TestAccuracy, Stopwatch.GetElapsedTime(started));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"balanced {run.Recipe.Model.Architecture}: test accuracy {balanced:P1} against {fast:P1}, in {took.TotalSeconds:0} s"
            )
        );

        Assert.InRange(balanced, 0.88, 1);
        Assert.True(balanced >= fast, $"balanced {balanced} < fast {fast}");
    }
}

using System.Text.RegularExpressions;
using GpuGeek.TestSupport;

namespace GpuGeek.Architecture.Tests;

/// <summary>A test waits for a signal, or polls with <see cref="Eventually"/>. It never sleeps.</summary>
public sealed partial class WaitingInTests
{
    /// <summary>Files with delays that do not wait for something, with the reason.</summary>
    private static readonly Dictionary<string, string> Allowed = new(StringComparer.Ordinal)
    {
        ["tests/TestSupport/Eventually.cs"] = "It is the one place that looks again.",
        ["tests/TestSupport/Platform/Processes.cs"] = "It tells whether, and its caller says what is wrong.",
        ["tests/EndToEnd.Tests/Uploads/PeakMemory.cs"] = "It samples.",
        ["tests/Benchmarks/PredictionLoad.cs"] = "A client that does what Retry-After says.",
        ["tests/Api.Tests/Datasets/ImportTests.cs"] = "Ids of one millisecond have no order.",
    };

    private static IEnumerable<string> Sleeping(IEnumerable<(string File, string Text)> files) =>
        from file in files
        where !Allowed.ContainsKey(file.File)
        from Match match in Pause().Matches(file.Text)
        select $"{file.File}: {match.Value}";

    [Fact]
    public void None_sleeps() =>
        Assert.Empty(
            Sleeping(
                from file in Repository.SourceFiles()
                let path = Path.GetRelativePath(Repository.Root, file)
                where path.StartsWith("tests/", StringComparison.Ordinal) && !path.EndsWith("WaitingTests.cs", StringComparison.Ordinal)
                select (path, File.ReadAllText(file))
            )
        );

    [Fact]
    public void Planted_sleeps_are_seen() =>
        Assert.Equal(
            ["tests/A.cs: Task.Delay(100", "tests/A.cs: Thread.Sleep(1", "tests/A.cs: Task.Delay(TimeSpan.From"],
            Sleeping([
                (
                    "tests/A.cs",
                    "await Task.Delay(100, Cancel); Thread.Sleep(1); Task.Delay(TimeSpan.FromSeconds(1)); Task.Delay(Timeout.Infinite)"
                ),
            ])
        );

    [Fact]
    public async Task A_failed_wait_reports_the_last_state()
    {
        var looks = 0;
        var failure = await Assert.ThrowsAsync<NeverHeldException>(() =>
            Eventually.HoldsAsync(() => (State: "queued", Looks: ++looks), seen => seen.State == "running", TimeSpan.FromMilliseconds(1))
        );
        Assert.Contains("""seen.State == "running" """.Trim(), failure.Message, StringComparison.Ordinal);
        Assert.Contains($$"""{"Item1":"queued","Item2":{{looks}}}""", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_ends_with_the_state_that_was_waited_for()
    {
        var looks = 0;
        Assert.Equal(3, await Eventually.HoldsAsync(() => ++looks, seen => seen == 3));
    }

    [Fact]
    public async Task A_look_that_asserts_ends_the_wait_at_once() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Eventually.HoldsAsync<int>(() => throw new InvalidOperationException("The run ended as failed."), _ => false)
        );

    [GeneratedRegex(@"Thread\.Sleep\([1-9]\w*|Task\.Delay\((?:\d+|TimeSpan\.From)")]
    private static partial Regex Pause();
}

using GpuGeek.Contracts.Billing;
using GpuGeek.Contracts.Runs;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.EndToEnd.Tests.Processes;

/// <summary>
/// Scenarios that share one platform with a small dataset, one after the other. Each finds it running and leaves it running.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ShapesScenarios : ICollectionFixture<ShapesPlatform>
{
    public const string Name = "a platform with shapes";
}

/// <summary>A platform with a small dataset on which something is to happen.</summary>
public sealed class ShapesPlatform : IAsyncLifetime
{
    private RunningPlatform? _platform;

    public RunningPlatform Platform => _platform!;
    public Account Account { get; private set; } = null!;
    public string Project { get; private set; } = "";
    public Guid Version { get; private set; }

    /// <summary>
    /// Two slots share the cores, so a training has one thread: on a busy machine, threads that wait for each other are slower than one
    /// alone.
    /// </summary>
    public static Task<RunningPlatform> StartAsync(string? data = null) =>
        RunningPlatform.StartAsync(
            data,
            new()
            {
                ["GPUGEEK_SLOTS"] = "2",
                // A test receives webhooks on this machine.
                ["GPUGEEK_WEBHOOK_ALLOW_PRIVATE"] = "true",
            }
        );

    public async ValueTask InitializeAsync()
    {
        _platform = await StartAsync();
        Account = await Account.RegisterAsync(_platform);
        var (project, version) = await Account.ShapesAsync();
        (Project, Version) = (project, version.Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
    }
}

internal static class Books
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>No point twice, one model version, one interval per lease, and no more charged than held.</summary>
    public static async Task AssertInOrderAsync(Account account, RunResponse run)
    {
        var points = (await account.Api.GetMetricsAsync(account.Org, run.Id, ct: Cancel)).Items;
        Assert.Empty(points.GroupBy(p => (p.Name, p.Step)).Where(g => g.Count() > 1).Select(g => g.Key));
        var epochs = points.Where(p => p.Name == "val/accuracy").Select(p => p.Epoch).ToList();
        Assert.Equal(Enumerable.Range(1, run.Recipe.Budget.Epochs).Select(e => (double)e), epochs.Order());

        var versions = (await account.Api.ListModelVersionsAsync(account.Org, run.Result!.ModelVersion.Model, Cancel)).Items;
        Assert.Single(versions, v => v.Run == run.Id);

        var intervals = (await account.Api.ListUsageAsync(account.Org, run.Id, ct: Cancel)).Items;
        Assert.All(intervals, AssertSound);
        var ordered = intervals.OrderBy(i => i.StartedAt).ToList();
        Assert.All(ordered.Zip(ordered.Skip(1)), pair => Assert.True(pair.First.EndedAt <= pair.Second.StartedAt));
        Assert.Equal(run.Seconds, intervals.Sum(i => i.ChargedSeconds));
    }

    public static async Task<int> LeasesAsync(Account account, Guid run) =>
        (await account.Api.ListUsageAsync(account.Org, run, ct: Cancel)).Items.Count;

    private static void AssertSound(UsageIntervalResponse interval)
    {
        Assert.NotNull(interval.EndedAt);
        Assert.InRange(interval.ChargedSeconds, 0, interval.HeldSeconds);
    }
}

using System.Diagnostics;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport.Platform;
using Table = GpuGeek.TestSupport.Platform.Processes;

namespace GpuGeek.EndToEnd.Tests.Processes;

/// <summary>Observations when a whole platform was stopped in the middle of a training.</summary>
/// <param name="Run">The training run.</param>
/// <param name="Processes">How many processes ran before.</param>
/// <param name="Took">Until AppHost had ended.</param>
/// <param name="ExitCode">AppHost's.</param>
/// <param name="AllGone">No process was left after five seconds.</param>
public sealed record Stop(Guid Run, int Processes, TimeSpan Took, int ExitCode, bool AllGone);

/// <summary>
/// A platform is started three times on the same data: after the first start it is stopped by Ctrl-C, after the second by kill -9.
/// </summary>
public sealed class StopsAndStarts : IAsyncLifetime
{
    private const int Epochs = 5;
    private readonly KeptData _data = new();
    private RunningPlatform? _platform;

    /// <summary>After the third start.</summary>
    public RunningPlatform Platform => _platform!;
    public Stop Interrupted { get; private set; } = null!;
    public Stop Killed { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _platform = await ShapesPlatform.StartAsync(_data.Root);
        var account = await Account.RegisterAsync(_platform);
        var (project, version) = await account.ShapesAsync();
        Interrupted = await StopAsync(account, project, version.Id, "INT");

        _platform = await ShapesPlatform.StartAsync(_data.Root);
        account = await Account.SignInAsync(_platform);
        // Kill -9 must hit the second training, and only the second.
        await account.SucceededAsync(Interrupted.Run);
        Killed = await StopAsync(account, project, version.Id, "KILL");

        _platform = await ShapesPlatform.StartAsync(_data.Root);
    }

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
        _data.Dispose();
    }

    private async Task<Stop> StopAsync(Account account, string project, Guid version, string signal)
    {
        var run = await account.StartSmallAsync(project, version, Epochs);
        await account.UntilTrainingAsync(run.Id, 1.4);
        var all = Table.Of(Platform);
        var started = Stopwatch.GetTimestamp();
        Platform.Signal(signal);
        await EndAsync(Platform);
        var took = Stopwatch.GetElapsedTime(started);
        var allGone = await Table.AllGoneAsync(all, TimeSpan.FromSeconds(5));
        var exitCode = Platform.ExitCode;
        await Platform.DisposeAsync();
        _platform = null;
        return new(run.Id, all.Count, took, exitCode, allGone);
    }

    /// <summary>
    /// A program that a script started in the background ignores Ctrl-C, and so does each process that it starts. Then this fails
    /// instead of
    /// waiting for ever.
    /// </summary>
    private static async Task EndAsync(RunningPlatform platform)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        await platform.WaitForExitAsync(patience.Token);
    }
}

using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;

namespace GpuGeek.EndToEnd.Tests.Processes;

/// <summary>
/// One training is running and another is queued at the time of a backup. Hangfire's queue is not in it: the rows are the source of
/// truth.
/// </summary>
[Collection(ShapesScenarios.Name)]
public sealed class WhenABackupIsTakenOfATraining(ShapesPlatform shapes)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_restored_platform_goes_on_from_its_checkpoint_and_trains_what_waited()
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        var account = shapes.Account;
        var run = await account.StartSmallAsync(shapes.Project, shapes.Version, epochs: 6);
        var second = await account.StartSmallAsync(shapes.Project, shapes.Version, epochs: 1);
        var waiting = await account.StartSmallAsync(shapes.Project, shapes.Version, epochs: 1);
        await account.UntilTrainingAsync(run.Id, 1.4);
        using var folder = new KeptData();
        var (backup, data) = (Path.Combine(folder.Root, "backup"), Path.Combine(folder.Root, "data"));

        await Operator.BackupAsync(shapes.Platform.DataDirectory, backup);
        foreach (var id in (Guid[])[run.Id, second.Id, waiting.Id])
            if ((await account.Api.GetRunAsync(account.Org, id, ct: Cancel)).FinishedAt is null)
                await account.Api.CancelRunAsync(account.Org, id, Cancel);
        await Operator.RestoreAsync(backup, data);
        await using var restored = await ShapesPlatform.StartAsync(data);
        var there = await Account.SignInAsync(restored);

        var went = await there.SucceededAsync(run.Id);
        Assert.Equal(2, went.Attempt);
        await Books.AssertInOrderAsync(there, went);
        var log = await there.Api.GetLogsAsync(there.Org, run.Id, ct: Cancel);
        Assert.Contains(log.Items, line => line.Message.StartsWith("Resuming at step ", StringComparison.Ordinal));
        await there.SucceededAsync(second.Id);
        await there.SucceededAsync(waiting.Id);
    }
}

using System.Diagnostics;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.Deploy.Tests.Backups;

public sealed class WhenARestoreIsCutOff(PlantedBackup planted) : IClassFixture<PlantedBackup>
{
    private const string Told = "was interrupted. Delete the directory and restore the backup again.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_incomplete_restore_cannot_be_started_and_the_message_says_what_to_do()
    {
        var data = planted.At("half");
        using (var restore = Process.Start(RunningPlatform.Program, ["restore", "--from", planted.Backup, "--data", data]))
        {
            // The database takes seconds: by then it is under way.
            await Eventually.HoldsAsync(() => File.Exists(Path.Combine(data, "postgres/cluster/postmaster.pid")), there => there);
            restore.Kill();
            await restore.WaitForExitAsync(Cancel);
        }

        AssertTold(await Command.RestoreAsync(planted.Backup, data));
        AssertTold(await Command.BackupAsync(data, planted.At("of-half")));
        AssertTold(await Command.RunAsync(RunningPlatform.Program, [], "--data", data, "--port", "1"));

        // Its PostgreSQL ends with it, after a moment.
        await Eventually.HoldsAsync(() => Processes.With(data), left => left.Count == 0);
        Directory.Delete(data, recursive: true);
        var (code, said) = await Command.RestoreAsync(planted.Backup, data);
        Assert.True(code == 0, said);
        Assert.False(File.Exists(Path.Combine(data, "restoring")));
    }

    [Theory]
    [InlineData("postgres/initdb.password")]
    [InlineData("postgres/cluster/base/1")]
    [InlineData("postgres/cluster/postmaster.opts")]
    public async Task One_that_is_stopped_takes_away_what_it_has_written(string begun)
    {
        var data = planted.At($"stopped-{Path.GetFileName(begun)}");
        using var restore = Process.Start(
            new ProcessStartInfo(RunningPlatform.Program, ["restore", "--from", planted.Backup, "--data", data])
            {
                RedirectStandardError = true,
            }
        )!;
        await Eventually.HoldsAsync(() => Path.Exists(Path.Combine(data, begun)), there => there);
        Processes.Signal(restore.Id, "TERM");
        var said = await restore.StandardError.ReadToEndAsync(Cancel);
        await restore.WaitForExitAsync(Cancel);
        // What still wrote there could bring the directory back.
        var left = Processes.With(data);

        Assert.Equal(1, restore.ExitCode);
        Assert.Equal("The restore was stopped; its incomplete output was removed.", said.Trim());
        Assert.Empty(left);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task A_folder_with_anything_in_it_is_refused_and_stays_as_it_is()
    {
        var data = Directory.CreateDirectory(planted.At("full")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "letter"), "mine", Cancel);

        var (code, said) = await Command.RestoreAsync(planted.Backup, data);
        Assert.Equal(1, code);
        WhatABackupHolds.AssertOneSentence("The restore failed: ", "is not empty, and a restore overwrites nothing.", said);
        Assert.Equal(["letter"], WhatABackupHolds.Files(data));
    }

    [Fact]
    public async Task A_disk_without_enough_space_is_reported_and_the_folder_is_not_created()
    {
        using var disk = SmallDisk.Mount(4 << 20);
        Assert.SkipWhen(disk is null, "Mounting is not allowed here.");

        var (code, said) = await Command.RestoreAsync(planted.Backup, disk.At("data"), ("GPUGEEK_RESERVE_BYTES", "0"));
        Assert.Equal(1, code);
        WhatABackupHolds.AssertOneSentence("The restore failed: it needs ", "Free disk space, or choose another disk.", said);
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Root));
    }

    private static void AssertTold((int Code, string Said) answer)
    {
        Assert.Equal(1, answer.Code);
        WhatABackupHolds.AssertOneSentence("The data directory failed: a restore into ", Told, answer.Said);
    }
}

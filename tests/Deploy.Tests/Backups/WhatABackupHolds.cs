using System.Diagnostics;
using System.Text.Json;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Backups;

public sealed class WhatABackupHolds(PlantedBackup planted) : IClassFixture<PlantedBackup>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_dump_every_object_and_every_key_and_nothing_else()
    {
        var files = Files(planted.Backup);
        Assert.Equal(
            [
                "database.dump",
                "keys/webhooks.key",
                "keys/webhooks.key.old",
                "manifest.json",
                "objects.tsv",
                $"objects/{PlantedBackup.Checkpoint}",
                $"objects/{PlantedBackup.Picture}",
                $"objects/{PlantedBackup.Thumbnail}",
                "secrets/instance",
            ],
            files
        );
        var list = await File.ReadAllLinesAsync(Path.Combine(planted.Backup, "objects.tsv"), Cancel);
        Assert.Equal(
            [
                $"2\t{PlantedBackup.Hash("[]")}\t{PlantedBackup.Checkpoint}",
                $"7\t{PlantedBackup.Hash("picture")}\t{PlantedBackup.Picture}",
                $"9\t{PlantedBackup.Hash("thumbnail")}\t{PlantedBackup.Thumbnail}",
            ],
            list.OrderBy(line => line.Split('\t')[2], StringComparer.Ordinal)
        );
        Assert.Contains("the database, 3 objects (1 KiB), keys and secrets.", planted.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_closed_to_other_accounts_and_takes_no_second_copy_of_the_objects()
    {
        foreach (var folder in Directory.EnumerateDirectories(planted.Backup, "*", SearchOption.AllDirectories).Append(planted.Backup))
            Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(folder));
        foreach (var file in (string[])["database.dump", "manifest.json", "objects.tsv", "keys/webhooks.key"])
            Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(planted.Backup, file)));
        var (picture, key) = (Path.Combine("objects", PlantedBackup.Picture), "keys/webhooks.key");
        Assert.Equal(Inode(Path.Combine(planted.Data, picture)), Inode(Path.Combine(planted.Backup, picture)));
        Assert.NotEqual(Inode(Path.Combine(planted.Data, key)), Inode(Path.Combine(planted.Backup, key)));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(planted.Data, "objects/tmp")));
    }

    [Fact]
    public async Task It_makes_a_data_folder_with_the_same_rows_objects_and_keys()
    {
        var data = planted.At("restored");
        var (code, said) = await Command.RestoreAsync(planted.Backup, data);
        Assert.True(code == 0, said);

        Assert.Equal(
            [
                "keys/webhooks.key",
                "keys/webhooks.key.old",
                "lock",
                $"objects/{PlantedBackup.Checkpoint}",
                $"objects/{PlantedBackup.Picture}",
                $"objects/{PlantedBackup.Thumbnail}",
                "secrets/instance",
            ],
            Files(data).Where(f => !f.StartsWith("postgres/", StringComparison.Ordinal))
        );
        Assert.Equal("picture", await File.ReadAllTextAsync(Path.Combine(data, "objects", PlantedBackup.Picture), Cancel));
        // A copy: what happens to the one does not happen to the other.
        Assert.NotEqual(
            Inode(Path.Combine(planted.Backup, "objects", PlantedBackup.Picture)),
            Inode(Path.Combine(data, "objects", PlantedBackup.Picture))
        );
        // What was restored can be backed up, which reads all of it again.
        (code, said) = await Command.BackupAsync(data, planted.At("second"));
        Assert.True(code == 0, said);
        Assert.Equal(Schema(planted.Backup), Schema(planted.At("second")));
    }

    [Fact]
    public async Task What_a_backup_that_was_cut_off_has_left_is_replaced()
    {
        var target = planted.At("after-a-cut");
        Directory.CreateDirectory(target + ".part/objects");
        await File.WriteAllTextAsync(target + ".part/objects/half", "half", Cancel);
        await File.WriteAllTextAsync(target + ".part/database.dump", "half", Cancel);

        var (code, said) = await Command.BackupAsync(planted.Data, target);
        Assert.True(code == 0, said);
        Assert.Equal(Files(planted.Backup), Files(target));
        Assert.False(Directory.Exists(target + ".part"));
    }

    [Theory]
    [InlineData("used", "is not empty. Choose another directory, or delete it.")]
    [InlineData("foreign", "Choose another directory.")]
    [InlineData("data/inside", "is in the data directory and would be lost with it. Choose another directory.")]
    public async Task A_place_that_holds_something_else_is_refused_and_stays_as_it_is(string name, string why)
    {
        Write("used/letter", "mine");
        Write("foreign.part/letter", "mine");

        var (code, said) = await Command.BackupAsync(planted.Data, planted.At(name));
        Assert.Equal(1, code);
        AssertOneSentence("The backup failed: ", why, said);
        Assert.Equal(["letter"], Files(planted.At("used")));
        Assert.Equal(["letter"], Files(planted.At("foreign.part")));
        Assert.False(Directory.Exists(planted.At("data/inside")));
    }

    [Fact]
    public async Task A_disk_without_enough_space_is_refused_before_anything_is_written()
    {
        using var disk = SmallDisk.Mount(4 << 20);
        Assert.SkipWhen(disk is null, "Mounting is not allowed here.");

        var (code, said) = await Command.BackupAsync(planted.Data, disk.At("backup"), ("GPUGEEK_RESERVE_BYTES", "1048576"));
        Assert.Equal(1, code);
        AssertOneSentence(
            "The backup failed: it needs ",
            "not counting the reserve of 1.0 MiB for the database (GPUGEEK_RESERVE_BYTES).",
            said
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Root));
    }

    [Fact]
    public async Task On_another_disk_it_is_a_copy_and_a_damaged_object_is_told()
    {
        using var disk = SmallDisk.Mount(64 << 20);
        Assert.SkipWhen(disk is null, "Mounting is not allowed here.");
        (string, string) reserve = ("GPUGEEK_RESERVE_BYTES", "0");
        var data = planted.At("damaged");
        Command.Copy(planted.Data, data);

        var (code, said) = await Command.BackupAsync(data, disk.At("good"), reserve);
        Assert.True(code == 0, said);
        Assert.Equal(Files(planted.Backup), Files(disk.At("good")));

        await File.WriteAllTextAsync(Path.Combine(data, "objects", PlantedBackup.Picture), "pictura", Cancel);
        (code, said) = await Command.BackupAsync(data, disk.At("bad"), reserve);
        Assert.Equal(1, code);
        AssertOneSentence("The backup failed: ", "is damaged: its content does not match the hash in its name.", said);
        Assert.False(Directory.Exists(disk.At("bad.part")));
    }

    [Theory]
    [InlineData("GPUGEEK_S3_ENDPOINT")]
    [InlineData("GPUGEEK_DB")]
    public async Task Parts_that_lie_elsewhere_are_named_also_when_only_the_last_start_knew_of_them(string variable)
    {
        var (code, said) = await Command.BackupAsync(planted.Data, planted.At("elsewhere"), (variable, "elsewhere"));
        Assert.Equal(1, code);
        AssertOneSentence($"The backup failed: {variable} is set: some data are outside the data directory.", "docs/backup.md", said);

        var data = planted.At($"started-with-{variable}");
        Command.Copy(planted.Data, data);
        await File.WriteAllTextAsync(Path.Combine(data, "outside"), variable, Cancel);
        Assert.Equal((1, said), await Command.BackupAsync(data, planted.At("elsewhere")));
    }

    internal static void AssertOneSentence(string beginning, string part, string said)
    {
        Assert.StartsWith(beginning, said, StringComparison.Ordinal);
        Assert.Contains(part, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }

    internal static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f))
            .Order(StringComparer.Ordinal);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(planted.At(name))!);
        File.WriteAllText(planted.At(name), text);
    }

    private static string? Schema(string backup)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(backup, "manifest.json")));
        return manifest.RootElement.GetProperty("schema").GetString();
    }

    private static string Inode(string file)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%d %i", file]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }
}

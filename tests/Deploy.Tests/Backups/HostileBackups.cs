using System.Text.Json.Nodes;

namespace GpuGeek.Deploy.Tests.Backups;

/// <summary>
/// Backups that were damaged, cut off or made by somebody who means harm. None changes anything, and each is told in a sentence.
/// </summary>
public sealed class HostileBackups(PlantedBackup planted) : IClassFixture<PlantedBackup>
{
    private static readonly string Picture = $"objects/{PlantedBackup.Picture}";

    private static readonly Dictionary<string, (Action<string> Change, string Sentence)> Corpus = new()
    {
        ["no manifest"] = (b => File.Delete(At(b, "manifest.json")), "has no manifest.json: it is not a backup, or an incomplete one."),
        ["an empty manifest"] = (b => File.WriteAllText(At(b, "manifest.json"), ""), "has no manifest.json"),
        ["a pipe for a manifest"] = (b => Pipe(At(b, "manifest.json")), "has no manifest.json"),
        ["a pipe for an object"] = (b => Pipe(At(b, Picture)), $"{Picture} has 0 bytes instead of 7"),
        ["no JSON"] = (b => File.WriteAllText(At(b, "manifest.json"), "{\"format\": 1, "), "manifest.json is damaged"),
        ["another JSON"] = (b => File.WriteAllText(At(b, "manifest.json"), "[1]"), "manifest.json is damaged"),
        ["a member is missing"] = (b => Edit(b, m => m.Remove("files")), "manifest.json is damaged"),
        ["a member is null"] = (b => Edit(b, m => m["files"]![0]!["path"] = null), "manifest.json is damaged"),
        ["newer format"] = (b => Edit(b, m => m["format"] = 2), "has format 2, but this version of GpuGeek supports format 1."),
        ["newer schema"] = (
            b => Edit(b, m => (m["schema"], m["product"]) = ("29991231000000_Future", "9.0")),
            "its database has version 29991231000000_Future"
        ),
        ["a key outside"] = (
            b => Edit(b, m => m["files"]!.AsArray().Last()!["path"] = "secrets/../../../escaped"),
            "points outside the backup"
        ),
        ["a file that is no part"] = (
            b => Edit(b, m => m["files"]!.AsArray().Last()!["path"] = "/etc/passwd"),
            "which is not part of a backup"
        ),
        ["no dump named"] = (b => Edit(b, m => m["files"]!.AsArray().RemoveAt(0)), "does not name database.dump"),
        ["an object outside"] = (
            b => List(b, l => l.Replace(PlantedBackup.Thumbnail, "../../escaped", StringComparison.Ordinal)),
            "points outside the backup"
        ),
        ["an absolute object"] = (
            b => List(b, l => l.Replace(PlantedBackup.Thumbnail, "/etc/passwd", StringComparison.Ordinal)),
            "points outside the backup"
        ),
        ["a line that is no line"] = (b => List(b, l => l + "and more\n"), "line 4 of"),
        ["an object that is not listed"] = (
            b => List(b, l => l[(l.IndexOf('\n', StringComparison.Ordinal) + 1)..]),
            "names 2 objects, but 3"
        ),
        ["a list that was changed"] = (b => File.AppendAllText(At(b, "objects.tsv"), "\n"), "objects.tsv has "),
        ["a linked object"] = (b => Link(b, Picture), $"{Picture} is a symbolic link"),
        ["a linked folder"] = (b => Link(b, "objects/orgs"), "objects/orgs is a symbolic link"),
        ["a linked key"] = (b => Link(b, "keys/webhooks.key"), "keys/webhooks.key is a symbolic link"),
        ["a missing object"] = (b => File.Delete(At(b, Picture)), $"{Picture} is missing"),
        ["a flipped byte in an object"] = (b => Flip(At(b, Picture)), $"{Picture} is damaged"),
        ["a flipped byte in a key"] = (b => Flip(At(b, "keys/webhooks.key")), "keys/webhooks.key is damaged"),
        ["a flipped byte in the dump"] = (b => Flip(At(b, "database.dump")), "database.dump is damaged"),
        ["a truncated dump"] = (b => Truncate(At(b, "database.dump")), "database.dump has "),
    };

    public static TheoryData<string> Names => [.. Corpus.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_refused(string name)
    {
        var (change, sentence) = Corpus[name];
        var backup = planted.Copied();
        change(backup);
        var data = planted.At($"data-{Path.GetRandomFileName()}");

        var (code, said) = await Command.RestoreAsync(backup, data);
        Assert.Equal(1, code);
        WhatABackupHolds.AssertOneSentence("The backup failed: ", sentence, said);
        Assert.False(Directory.Exists(data), "The data folder was made.");
        Assert.False(Path.Exists(planted.At("escaped")));
    }

    [Fact]
    public async Task A_dump_that_is_none_although_its_hash_is_right_leaves_the_empty_folder_empty()
    {
        var backup = planted.Copied();
        Truncate(At(backup, "database.dump"));
        Rehash(backup, "database.dump");
        var data = Directory.CreateDirectory(planted.At("empty")).FullName;

        var (code, said) = await Command.RestoreAsync(backup, data);
        Assert.Equal(1, code);
        Assert.StartsWith("pg_restore failed: it exited with code 1.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(data));
    }

    private static string At(string backup, string name) => Path.Combine(backup, name);

    private static void Edit(string backup, Action<JsonObject> change)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(At(backup, "manifest.json")))!.AsObject();
        change(manifest);
        File.WriteAllText(At(backup, "manifest.json"), manifest.ToJsonString());
    }

    /// <summary>Whoever changes the list can write its hash into the manifest too.</summary>
    private static void List(string backup, Func<string, string> change)
    {
        File.WriteAllText(At(backup, "objects.tsv"), change(File.ReadAllText(At(backup, "objects.tsv"))));
        Rehash(backup, "objects.tsv");
    }

    private static void Rehash(string backup, string name) =>
        Edit(
            backup,
            manifest =>
            {
                var bytes = File.ReadAllBytes(At(backup, name));
                var entry = manifest["files"]!.AsArray().Single(f => (string?)f!["path"] == name)!;
                entry["size"] = bytes.Length;
                entry["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
            }
        );

    private static void Link(string backup, string name)
    {
        var elsewhere = backup + "-elsewhere";
        Directory.Move(At(backup, name), elsewhere);
        File.CreateSymbolicLink(At(backup, name), elsewhere);
    }

    private static void Pipe(string path)
    {
        File.Delete(path);
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [path]);
        mkfifo.WaitForExit();
        Assert.Equal(0, mkfifo.ExitCode);
    }

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static void Truncate(string path) => File.WriteAllBytes(path, File.ReadAllBytes(path)[..^2000]);
}

using System.Security.Cryptography;
using System.Text;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Backups;

/// <summary>A data folder with a real database, a few objects and keys, at rest; and a backup of it.</summary>
public sealed class PlantedBackup : IAsyncLifetime
{
    public static readonly string Picture = $"orgs/0a/sha256/{Hash("picture")[..2]}/{Hash("picture")}";
    public const string Thumbnail = "orgs/0a/thumbnails/ab/small";
    public const string Checkpoint = "orgs/0a/runs/1f/2/checkpoints/step-7/files.json";

    public string Root { get; } = Directory.CreateTempSubdirectory("gpugeek-backups-").FullName;
    public string Data => At("data");
    public string Backup => At("backup");
    public string Said { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        // PostgreSQL's account must be able to enter it.
        File.SetUnixFileMode(Root, (UnixFileMode)0b111_001_001);
        Directory.CreateDirectory(Data);
        await PostgresTemplate.CopyToAsync(Path.Combine(Data, "postgres"));
        foreach (
            var (name, text) in new Dictionary<string, string>
            {
                [$"objects/{Picture}"] = "picture",
                [$"objects/{Thumbnail}"] = "thumbnail",
                [$"objects/{Checkpoint}"] = "[]",
                ["objects/tmp/half"] = "a write that never ended",
                ["keys/webhooks.key"] = "key",
                ["keys/webhooks.key.old"] = "old key",
                ["secrets/instance"] = "instance",
                ["work/runs/spec.json"] = "{}",
                ["logs/api.log"] = "a line",
            }
        )
            Write(name, text);
        (var code, Said) = await Command.BackupAsync(Data, Backup);
        Assert.True(code == 0, Said);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Root, recursive: true);
        return ValueTask.CompletedTask;
    }

    public string At(string name) => Path.Combine(Root, name);

    /// <returns>A copy of the backup, which a test may change.</returns>
    public string Copied()
    {
        var copy = At($"copy-{Path.GetRandomFileName()}");
        Command.Copy(Backup, copy);
        return copy;
    }

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private void Write(string name, string text)
    {
        var path = Path.Combine(Data, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

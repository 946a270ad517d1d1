using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;

namespace GpuGeek.AppHost.Backups;

/// <summary>Describes the contents of a backup. It is written last: a folder without it is not a backup.</summary>
/// <param name="Schema">Name of the last migration of the dumped database.</param>
/// <param name="Product">Version of the GpuGeek that created the backup.</param>
/// <param name="DatabaseBytes">Size of the database itself, which is larger than its dump.</param>
/// <param name="Objects">Number of objects in the list of objects.</param>
/// <param name="ObjectBytes">Total size of the objects.</param>
/// <param name="Files">Everything but the objects: the dump, the list of objects, keys and secrets.</param>
internal sealed record BackupManifest(
    int Format,
    DateTimeOffset TakenAt,
    string Product,
    string Schema,
    long DatabaseBytes,
    int Objects,
    long ObjectBytes,
    BackedUpFile[] Files
)
{
    public const int CurrentFormat = 1;
    public const string Name = "manifest.json";
    public const string Dump = "database.dump";
    public const string ObjectList = "objects.tsv";
    public const string ObjectFolder = "objects";
    public const string KeyFolder = "keys";
    public const string SecretFolder = "secrets";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Names of the top-level entries of a backup.</summary>
    public static readonly string[] Top = [Name, Dump, ObjectList, ObjectFolder, KeyFolder, SecretFolder];

    public static string OwnVersion { get; } =
        typeof(BackupManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <exception cref="PartFailedException">The folder is not a backup, or one that this version cannot read.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        // No length: a pipe, which could be read for ever, or a truncated file.
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
            throw new PartFailedException(
                "The backup",
                $"{folder} has no {Name}: it is not a backup, or an incomplete one. Choose another."
            );
        try
        {
            var text = File.ReadAllBytes(path);
            RefuseOtherFormat(text, path);
            return JsonSerializer.Deserialize<BackupManifest>(text, Json) ?? throw new JsonException("It is null.");
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new PartFailedException("The backup", $"{path} is damaged ({damaged.Message.TrimEnd('.')}). Choose another backup.");
        }
    }

    public void Write(string folder) => File.WriteAllBytes(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(this, Json));

    public static string Hash(string path)
    {
        // A pipe has no length either, and opening it would block for ever.
        if (new FileInfo(path).Length == 0)
            return Convert.ToHexStringLower(SHA256.HashData([]));
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    // Checked first: a newer format may have other members.
    private static void RefuseOtherFormat(byte[] text, string path)
    {
        using var json = JsonDocument.Parse(text);
        if (json.RootElement.GetProperty("format").GetInt32() is var format and not CurrentFormat)
            throw new PartFailedException(
                "The backup",
                $"{path} has format {format}, but this version of GpuGeek supports format {CurrentFormat}. "
                    + "Restore it with the version that created it."
            );
    }
}

/// <param name="Path">Relative to the backup's folder.</param>
/// <param name="Sha256">SHA-256 of the file, in hex.</param>
internal sealed record BackedUpFile(string Path, long Size, string Sha256)
{
    public static BackedUpFile Of(string folder, string name)
    {
        var path = System.IO.Path.Combine(folder, name);
        return new(name, new FileInfo(path).Length, BackupManifest.Hash(path));
    }
}

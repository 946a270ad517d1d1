using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Training.Checkpoints;

/// <summary>A checkpoint read back whole.</summary>
/// <param name="Parts">Tensors of each part, by the part's name and their own.</param>
internal sealed record Checkpoint(TrainingProgress Progress, IReadOnlyDictionary<string, IReadOnlyDictionary<string, NamedTensor>> Parts);

/// <summary>
/// Folders <c>step-{step}</c> under <c>checkpoints/</c>, each complete in itself: a file for each part of the training (<see
/// cref="ITrainingState"/>), the progress and a manifest. A folder is written under a temporary name, every file is flushed to the disk,
/// the manifest of hashes last; then it is renamed: what bears the right name is whole, and reading checks the hashes all the same. The
/// last two are kept.
/// </summary>
internal sealed class CheckpointStore(string root)
{
    private const int Kept = 2;
    private const string ManifestName = "manifest.json",
        ProgressName = "progress.json",
        PartEnding = ".safetensors";

    /// <summary>The step alone is not unique: after an epoch's last step comes its validation, which changes progress without a
    /// step.</summary>
    public static string NameOf(TrainingProgress progress) => $"step-{progress.Step:D9}-{progress.Epochs:D5}";

    /// <exception cref="IOException">Nothing of it is left on the disk.</exception>
    public (string Name, CheckpointFile[] Files) Save(Snapshot snapshot)
    {
        Directory.CreateDirectory(root);
        RemoveUnfinished();
        var name = NameOf(snapshot.Progress);
        string path = Path.Combine(root, name),
            temporary = path + ".tmp";
        try
        {
            return Write(snapshot, name, path, temporary);
        }
        catch (IOException)
        {
            RemoveUnfinished();
            throw;
        }
    }

    private (string Name, CheckpointFile[] Files) Write(Snapshot snapshot, string name, string path, string temporary)
    {
        Directory.CreateDirectory(temporary);
        foreach (var (part, tensors) in snapshot.Parts)
            TensorFile.Write(Path.Combine(temporary, part + PartEnding), tensors);
        var progress = JsonSerializer.SerializeToUtf8Bytes(snapshot.Progress, RunDirectory.Json);
        DurableFiles.Write(Path.Combine(temporary, ProgressName), progress);
        var files = Directory.EnumerateFiles(temporary).Order(StringComparer.Ordinal).Select(Describe).ToArray();
        var manifest = Path.Combine(temporary, ManifestName);
        DurableFiles.Write(manifest, JsonSerializer.SerializeToUtf8Bytes(files, RunDirectory.Json));
        CheckpointFile[] all = [.. files, Describe(manifest)];
        DurableFiles.FlushDirectory(temporary);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        Directory.Move(temporary, path);
        DurableFiles.FlushDirectory(root);
        Prune();
        return (name, all);
    }

    /// <summary>The newest checkpoint that is whole, or null. A damaged one is passed over, and one of other parts too: half a state must
    /// not go on.</summary>
    /// <param name="parts">Names of the parts of the training that is to go on.</param>
    public Checkpoint? LoadNewest(string fingerprint, IReadOnlyCollection<string> parts)
    {
        foreach (var folder in Folders())
            if (IsWhole(folder) && Progress(folder) is var progress && progress.Fingerprint == fingerprint && HasParts(folder, parts))
                return new Checkpoint(
                    progress,
                    parts.ToDictionary(
                        part => part,
                        IReadOnlyDictionary<string, NamedTensor> (part) => TensorFile.Read(Path.Combine(folder, part + PartEnding)),
                        StringComparer.Ordinal
                    )
                );
        return null;
    }

    private static bool HasParts(string folder, IReadOnlyCollection<string> parts)
    {
        string[] kept =
        [
            .. Manifest(folder).Where(f => f.Name.EndsWith(PartEnding, StringComparison.Ordinal)).Select(f => f.Name[..^PartEnding.Length]),
        ];
        if (parts.ToHashSet(StringComparer.Ordinal).SetEquals(kept))
            return true;
        Console.WriteLine(
            $"Warning: the checkpoint {Path.GetFileName(folder)} is not used. It has the parts {string.Join(", ", kept)}, "
                + $"and this training has {string.Join(", ", parts)}."
        );
        return false;
    }

    private static TrainingProgress Progress(string folder) =>
        JsonSerializer.Deserialize<TrainingProgress>(File.ReadAllBytes(Path.Combine(folder, ProgressName)), RunDirectory.Json)!;

    private static CheckpointFile[] Manifest(string folder) =>
        JsonSerializer.Deserialize<CheckpointFile[]>(File.ReadAllBytes(Path.Combine(folder, ManifestName)), RunDirectory.Json)!;

    private static bool IsWhole(string folder)
    {
        if (!File.Exists(Path.Combine(folder, ManifestName)))
            return false;
        try
        {
            return Manifest(folder).All(f => File.Exists(Path.Combine(folder, f.Name)) && Describe(Path.Combine(folder, f.Name)) == f);
        }
        catch (JsonException)
        {
            return false; // A torn manifest is a checkpoint that is not whole: an older one is taken.
        }
    }

    /// <summary>What a kill or a full disk left takes the room of the next checkpoint.</summary>
    private void RemoveUnfinished()
    {
        foreach (var torn in Directory.EnumerateDirectories(root, "*.tmp"))
            Directory.Delete(torn, recursive: true);
    }

    private void Prune()
    {
        foreach (var old in Folders().Skip(Kept))
            Directory.Delete(old, recursive: true);
    }

    private IEnumerable<string> Folders() =>
        !Directory.Exists(root)
            ? []
            :
            [
                .. Directory
                    .EnumerateDirectories(root, "step-*")
                    .Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal))
                    .OrderDescending(StringComparer.Ordinal),
            ];

    private static CheckpointFile Describe(string path)
    {
        using var file = File.OpenRead(path);
        return new CheckpointFile(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(file)), file.Length);
    }
}

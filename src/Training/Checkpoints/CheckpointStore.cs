using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;
using static TorchSharp.torch;

namespace GpuGeek.Training.Checkpoints;

/// <summary>A checkpoint read back whole.</summary>
internal sealed record Checkpoint(
    TrainingProgress Progress,
    ModuleState Network,
    ModuleState? Best,
    float[] FirstMoment,
    float[] SecondMoment
);

/// <summary>
/// Folders <c>step-{step}</c> under <c>checkpoints/</c>, each complete in itself. A folder is written under a temporary name, every file is
/// flushed to the disk, the
/// manifest of hashes last; then it is renamed: what bears the right name is whole, and reading checks the hashes all the same. The last
/// two are kept; the best network travels in each.
/// </summary>
internal sealed class CheckpointStore(string root)
{
    private const int Kept = 2;
    private const string ManifestName = "manifest.json",
        ProgressName = "progress.json",
        NetworkName = "network.safetensors",
        BestName = "best.safetensors",
        OptimizerName = "optimizer.safetensors";

    /// <exception cref="IOException">Nothing of it is left on the disk.</exception>
    public (string Name, CheckpointFile[] Files) Save(GraphModule module, AdamW optimizer, ModuleState? best, TrainingProgress progress)
    {
        Directory.CreateDirectory(root);
        RemoveUnfinished();
        // The step alone is not unique: after an epoch's last step comes its validation, which changes progress without a step.
        var name = $"step-{progress.Step:D9}-{progress.Epochs:D5}";
        string path = Path.Combine(root, name),
            temporary = path + ".tmp";
        try
        {
            return Write(module, optimizer, best, progress, name, path, temporary);
        }
        catch (IOException)
        {
            RemoveUnfinished();
            throw;
        }
    }

    private (string Name, CheckpointFile[] Files) Write(
        GraphModule module,
        AdamW optimizer,
        ModuleState? best,
        TrainingProgress progress,
        string name,
        string path,
        string temporary
    )
    {
        Directory.CreateDirectory(temporary);
        ModuleState.Of(module).Write(Path.Combine(temporary, NetworkName));
        best?.Write(Path.Combine(temporary, BestName));
        TensorFile.Write(
            Path.Combine(temporary, OptimizerName),
            [Moment("first", optimizer.FirstMoment), Moment("second", optimizer.SecondMoment)]
        );
        DurableFiles.Write(Path.Combine(temporary, ProgressName), JsonSerializer.SerializeToUtf8Bytes(progress, RunDirectory.Json));
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

    /// <summary>The newest checkpoint that is whole, or null. A damaged one is passed over.</summary>
    public Checkpoint? LoadNewest(string fingerprint)
    {
        foreach (var folder in Folders())
            if (IsWhole(folder) && Read(folder) is var checkpoint && checkpoint.Progress.Fingerprint == fingerprint)
                return checkpoint;
        return null;
    }

    private static Checkpoint Read(string folder)
    {
        var progress = JsonSerializer.Deserialize<TrainingProgress>(
            File.ReadAllBytes(Path.Combine(folder, ProgressName)),
            RunDirectory.Json
        )!;
        var optimizer = TensorFile.Read(Path.Combine(folder, OptimizerName));
        var best = Path.Combine(folder, BestName);
        return new Checkpoint(
            progress,
            ModuleState.Read(Path.Combine(folder, NetworkName)),
            File.Exists(best) ? ModuleState.Read(best) : null,
            optimizer["first"].Values,
            optimizer["second"].Values
        );
    }

    private static bool IsWhole(string folder)
    {
        var manifest = Path.Combine(folder, ManifestName);
        if (!File.Exists(manifest))
            return false;
        try
        {
            var files = JsonSerializer.Deserialize<CheckpointFile[]>(File.ReadAllBytes(manifest), RunDirectory.Json)!;
            return files.All(f => File.Exists(Path.Combine(folder, f.Name)) && Describe(Path.Combine(folder, f.Name)) == f);
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

    private static NamedTensor Moment(string name, Tensor flat) => new(name, flat.shape, [.. flat.data<float>()]);
}

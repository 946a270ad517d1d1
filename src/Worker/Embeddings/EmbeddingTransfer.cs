using System.Text.Json;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Embeddings;

namespace GpuGeek.Worker.Embeddings;

/// <summary>Brings known embeddings into a run directory before the training, and keeps the new ones after it: the next training on these
/// pictures, or on another worker, does not compute them again.</summary>
internal sealed class EmbeddingTransfer(EmbeddingStore store)
{
    public async Task BringAsync(RunDirectory directory, RunSpec spec, Guid org, CancellationToken cancellationToken)
    {
        if (FileOf(directory, spec) is not var (path, key) || File.Exists(path))
            return;
        Directory.CreateDirectory(directory.Cache);
        var part = path + ".part";
        var known = false;
        await using (var file = File.Create(part))
            await foreach (
                var record in store.ReadAsync(org, key, spec.Images.Select(i => Convert.FromHexString(i.Hash)), cancellationToken)
            )
            {
                if (!known)
                    await file.WriteAsync(EmbeddingFile.Header(record.Vector.Length / sizeof(float)), cancellationToken);
                known = true;
                await file.WriteAsync(EmbeddingFile.Bytes(record), cancellationToken);
            }
        if (known)
            File.Move(part, path);
        else
            File.Delete(part);
    }

    /// <summary>What the trainer has computed so far, however the attempt ended.</summary>
    public async Task KeepAsync(RunDirectory directory, Guid org, CancellationToken cancellationToken)
    {
        if (!File.Exists(directory.Spec))
            return;
        var spec = JsonSerializer.Deserialize<RunSpec>(await File.ReadAllBytesAsync(directory.Spec, cancellationToken), RunDirectory.Json)!;
        if (FileOf(directory, spec) is not var (path, key) || !File.Exists(path))
            return;
        await using var file = File.OpenRead(path);
        await store.AddAsync(org, key, EmbeddingFile.Read(file), cancellationToken);
    }

    /// <returns>Null: this training needs no embeddings.</returns>
    private static (string Path, byte[] Key)? FileOf(RunDirectory directory, RunSpec spec)
    {
        if (!spec.Recipe.Transfer.FreezesBackbone)
            return null;
        var preprocessing = Preprocessing.ImageNet(spec.Recipe.Model.InputSize);
        var key = EmbeddingKey.Of(spec.Recipe.Model.Architecture, preprocessing, spec.WeightsFile);
        return (EmbeddingFile.PathIn(directory, key), key);
    }
}

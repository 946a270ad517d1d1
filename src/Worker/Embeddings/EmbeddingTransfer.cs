using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Embeddings;

namespace GpuGeek.Worker.Embeddings;

/// <summary>Brings known embeddings into a run directory before the training, and keeps the new ones after it: the next training on these
/// pictures, or on another worker, does not compute them again.</summary>
internal sealed class EmbeddingTransfer(EmbeddingStore store)
{
    public async Task BringAsync(RunDirectory directory, RunSpec spec, Guid org, CancellationToken cancellationToken)
    {
        if (!spec.Recipe.Transfer.FreezesBackbone)
            return;
        var key = EmbeddingKey.Of(spec);
        var path = EmbeddingFile.PathIn(directory, key);
        if (File.Exists(path))
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
        foreach (var (path, key) in EmbeddingFile.AllIn(directory))
        {
            await using var file = File.OpenRead(path);
            await store.AddAsync(org, key, EmbeddingFile.Read(file), cancellationToken);
        }
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Worker.Runs;

/// <summary>Copies checkpoints between the run directory and the store.</summary>
internal sealed class CheckpointTransfer(IObjectStore store)
{
    /// <summary>The list of files is stored last: a checkpoint in the store without it is incomplete.</summary>
    private const string FileList = "files.json";

    /// <returns>False if the training process has already replaced this checkpoint by a newer one, or a hash does not match.</returns>
    public async Task<bool> UploadAsync(RunDirectory directory, CheckpointEvent checkpoint, string key, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(directory.Checkpoints, checkpoint.Name);
        foreach (var file in checkpoint.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path) || !await HasHashAsync(path, file.Sha256, cancellationToken))
                return false;
        }
        try
        {
            // Every file, including the training process's manifest, which the event does not have to name.
            foreach (var path in Directory.EnumerateFiles(folder))
                await store.PutFileAsync($"{key}/{Path.GetFileName(path)}", path, cancellationToken);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        using var list = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(checkpoint.Files, RunDirectory.Json));
        await store.PutAsync($"{key}/{FileList}", list, cancellationToken);
        return true;
    }

    /// <summary>Downloads a checkpoint to a machine that has none of this run.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    public async Task RestoreAsync(RunDirectory directory, string key, CancellationToken cancellationToken)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        var folder = Path.Combine(directory.Checkpoints, name);
        if (Directory.Exists(folder))
            return;
        var arriving = Path.Combine(directory.Root, $"restoring-{name}");
        if (Directory.Exists(arriving))
            Directory.Delete(arriving, recursive: true);
        Directory.CreateDirectory(arriving);
        await foreach (var file in store.ListAsync(key + "/", cancellationToken))
            if (!file.EndsWith("/" + FileList, StringComparison.Ordinal))
                await store.DownloadAsync(file, Path.Combine(arriving, file[(key.Length + 1)..]), cancellationToken);
        foreach (var file in await FilesAsync(key, cancellationToken))
            if (!await HasHashAsync(Path.Combine(arriving, file.Name), file.Sha256, cancellationToken))
                throw new DamagedObjectException($"{key}/{file.Name}");
        Directory.CreateDirectory(directory.Checkpoints);
        Directory.Move(arriving, folder);
    }

    public async Task DeleteAsync(string prefix, CancellationToken cancellationToken)
    {
        await foreach (var key in store.ListAsync(prefix + "/", cancellationToken))
            await store.DeleteAsync(key, cancellationToken);
    }

    private async Task<CheckpointFile[]> FilesAsync(string key, CancellationToken cancellationToken)
    {
        await using var list = await store.OpenReadAsync($"{key}/{FileList}", cancellationToken);
        return await JsonSerializer.DeserializeAsync<CheckpointFile[]>(list, RunDirectory.Json, cancellationToken) ?? [];
    }

    private static async Task<bool> HasHashAsync(string path, string sha256, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            return false;
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) == sha256;
    }
}

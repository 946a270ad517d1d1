using System.Runtime.CompilerServices;
using GpuGeek.Domain.Storage;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>The object store as a folder: an object is a file, written under a temporary name, flushed to disk and renamed.</summary>
internal sealed class FolderObjectStore : IObjectStore
{
    private readonly string _root;
    private readonly string _temporary;

    public FolderObjectStore(IOptions<ObjectStoreOptions> options)
    {
        _root = Path.GetFullPath(options.Value.Folder);
        _temporary = Path.Combine(_root, "tmp");
        Directory.CreateDirectory(_temporary);
    }

    public long? FreeBytes => new DriveInfo(_root).AvailableFreeSpace;

    public async Task<long> PutAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        var temporary = TemporaryName();
        try
        {
            long size;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 17, FileOptions.Asynchronous))
            {
                await content.CopyToAsync(file, 1 << 17, cancellationToken);
                size = file.Length;
                file.Flush(flushToDisk: true);
            }
            Publish(temporary, key);
            return size;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task PutFileAsync(string key, string path, CancellationToken cancellationToken)
    {
        var temporary = TemporaryName();
        try
        {
            if (HardLink.TryCreate(path, temporary))
            {
                await using (var file = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
                Publish(temporary, key);
                return;
            }
        }
        finally
        {
            File.Delete(temporary);
        }
        await using var source = File.OpenRead(path);
        await PutAsync(key, source, cancellationToken);
    }

    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (!File.Exists(path)) throw new ObjectNotFoundException(key);
        Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
        return Task.FromResult(stream);
    }

    public async Task DownloadAsync(string key, string path, CancellationToken cancellationToken)
    {
        var source = PathOf(key);
        if (!File.Exists(source)) throw new ObjectNotFoundException(key);
        if (HardLink.TryCreate(source, path)) return;
        var temporary = path + ".part";
        await using (var from = File.OpenRead(source))
        await using (var to = File.Create(temporary))
            await from.CopyToAsync(to, cancellationToken);
        File.Move(temporary, path, overwrite: true);
    }

    public Task<long?> SizeAsync(string key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(key));
        return Task.FromResult(file.Exists ? file.Length : (long?)null);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (File.Exists(path)) File.Delete(path);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var folder = PathOf(prefix.Contains('/') ? prefix[..prefix.LastIndexOf('/')] : "");
        if (!Directory.Exists(folder)) yield break;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = Path.GetRelativePath(_root, file).Replace(Path.DirectorySeparatorChar, '/');
            if (key.StartsWith(prefix, StringComparison.Ordinal) && !key.StartsWith("tmp/", StringComparison.Ordinal)) yield return key;
        }
    }

    private string TemporaryName() => Path.Combine(_temporary, Path.GetRandomFileName());

    private void Publish(string temporary, string key)
    {
        var path = PathOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(temporary, path, overwrite: true);
    }

    private string PathOf(string key)
    {
        var path = Path.GetFullPath(Path.Combine(_root, key));
        if (path != _root && !path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ArgumentException($"The key '{key}' leaves the store.", nameof(key));
        return path;
    }
}

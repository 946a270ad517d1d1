using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using GpuGeek.Domain.Storage;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>The object store as a folder: an object is a file, written under a temporary name, flushed to disk and renamed.</summary>
internal sealed class FolderObjectStore : IObjectStore
{
    private const int BufferBytes = 1 << 17;
    private const int AtOnce = 4;
    private const int Few = 8;

    private readonly string _root;
    private readonly string _temporary;
    private readonly TimeProvider _clock;
    private readonly DiskSpace _disk;

    public FolderObjectStore(IOptions<ObjectStoreOptions> options, DiskSpace disk, TimeProvider clock)
    {
        _disk = disk;
        _root = Path.GetFullPath(options.Value.Folder);
        _temporary = Path.Combine(_root, "tmp");
        _clock = clock;
        Directory.CreateDirectory(_temporary);
    }

    public long? FreeBytes => _disk.Available(_root);

    public async Task<long> PutAsync(string key, Stream content, long? length, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        var temporary = TemporaryName();
        try
        {
            var size = await WriteAsync(key, content, length, temporary, cancellationToken);
            Flush(temporary);
            DurableFolder.Flush(Publish(temporary, path));
            return size;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <returns>Bytes of the file.</returns>
    private async Task<long> WriteAsync(string key, Stream content, long? length, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            path,
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.None,
            BufferBytes,
            FileOptions.Asynchronous
        );
        await using var source = new CheckedSource(key, content, length, cancellationToken);
        await _disk.CopyAsync(source, file, cancellationToken);
        return file.Length;
    }

    public Task PutFileAsync(string key, string path, CancellationToken cancellationToken) =>
        PutFilesAsync([new(key, path)], cancellationToken);

    /// <summary>First their bytes are durable, then their names. For many files, two flushes of the whole file system take far less time
    /// than two for each.</summary>
    public async Task PutFilesAsync(IReadOnlyCollection<LocalFile> files, CancellationToken cancellationToken)
    {
        var staged = new ConcurrentBag<(string Temporary, string Path)>();
        try
        {
            await Parallel.ForEachAsync(
                files,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (file, cancel) =>
                {
                    var temporary = TemporaryName();
                    staged.Add((temporary, PathOf(file.Key)));
                    await StageAsync(file, temporary, cancel);
                }
            );
            var isMany = staged.Count > Few;
            if (isMany)
                DurableFolder.FlushAll(_root);
            foreach (var (temporary, path) in staged)
            {
                if (!isMany)
                    Flush(temporary);
                var folder = Publish(temporary, path);
                if (!isMany)
                    DurableFolder.Flush(folder);
            }
            if (isMany)
                DurableFolder.FlushAll(_root);
        }
        finally
        {
            foreach (var (temporary, _) in staged)
                File.Delete(temporary);
        }
    }

    private async Task StageAsync(LocalFile file, string temporary, CancellationToken cancellationToken)
    {
        if (!HardLink.TryCreate(file.Path, temporary))
        {
            await using var source = File.OpenRead(file.Path);
            await WriteAsync(file.Key, source, source.Length, temporary, cancellationToken);
            return;
        }
        await using (var linked = Open(temporary))
            await ContentCheck.CheckAsync(file.Key, linked, cancellationToken);
        // Its age as an object starts now.
        File.SetLastWriteTimeUtc(temporary, _clock.GetUtcNow().UtcDateTime);
    }

    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        var file = OpenKey(key);
        try
        {
            await ContentCheck.CheckAsync(key, file, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public Task<Stream> OpenReadAsync(string key, long offset, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var file = OpenKey(key);
        file.Position = Math.Min(offset, file.Length);
        return Task.FromResult<Stream>(new LimitedStream(file, length));
    }

    public async Task DownloadAsync(string key, string path, CancellationToken cancellationToken)
    {
        await using var from = await OpenReadAsync(key, cancellationToken);
        if (HardLink.TryCreate(PathOf(key), path))
            return;
        await AtomicFile.WriteAsync(path, to => from.CopyToAsync(to, cancellationToken));
    }

    public Task<long?> SizeAsync(string key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(key));
        return Task.FromResult(file.Exists ? file.Length : (long?)null);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (File.Exists(path))
            File.Delete(path);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stored in InspectAsync(prefix, cancellationToken))
            yield return stored.Key;
    }

    public async IAsyncEnumerable<StoredObject> InspectAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var folder = prefix.Contains('/') ? PathOf(prefix[..prefix.LastIndexOf('/')]) : _root;
        foreach (var file in FolderListing.Files(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = Path.GetRelativePath(_root, file.FullName);
            if (!key.StartsWith(prefix, StringComparison.Ordinal) || key.StartsWith("tmp/", StringComparison.Ordinal))
                continue;
            // Deleted since the folder was listed.
            file.Refresh();
            if (file.Exists)
                yield return new(key, file.Length, file.LastWriteTimeUtc);
        }
    }

    public Task<bool> DeleteOlderAsync(string key, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (!File.Exists(path) || File.GetLastWriteTimeUtc(path) >= moment)
            return Task.FromResult(false);
        // Renamed away and checked again: an object written just before the rename is restored.
        var taken = TemporaryName();
        try
        {
            File.Move(path, taken);
        }
        catch (FileNotFoundException)
        {
            return Task.FromResult(false);
        }
        var old = File.GetLastWriteTimeUtc(taken) < moment;
        if (!old)
            HardLink.TryCreate(taken, path);
        File.Delete(taken);
        return Task.FromResult(old);
    }

    public Task<AbandonedWrites> RemoveAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0, 0L);
        foreach (var file in new DirectoryInfo(_temporary).EnumerateFiles())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.LastWriteTimeUtc >= before)
                continue;
            (count, bytes) = (count + 1, bytes + file.Length);
            file.Delete();
        }
        return Task.FromResult(new AbandonedWrites(count, bytes));
    }

    private FileStream OpenKey(string key)
    {
        try
        {
            return Open(PathOf(key));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ObjectNotFoundException(key);
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(PathOf(key)))
        {
            throw new ObjectNotFoundException(key);
        }
    }

    /// <summary>A small file gets a small buffer: large ones, for thousands of thumbnails, keep the garbage collector busy.</summary>
    private static FileStream Open(string path)
    {
        var buffer = (int)Math.Clamp(new FileInfo(path).Length, 1, BufferBytes);
        return new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, buffer, FileOptions.Asynchronous);
    }

    private string TemporaryName() => Path.Combine(_temporary, Path.GetRandomFileName());

    /// <returns>The folder, in which its name is not durable yet.</returns>
    private static string Publish(string temporary, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        DurableFolder.Create(folder);
        File.Move(temporary, path, overwrite: true);
        return folder;
    }

    private static void Flush(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    private string PathOf(string key)
    {
        ObjectKeys.Check(key);
        return Path.Combine(_root, key);
    }
}

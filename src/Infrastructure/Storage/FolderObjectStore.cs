using System.Runtime.CompilerServices;
using GpuGeek.Domain.Storage;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>The object store as a folder: an object is a file, written under a temporary name, flushed to disk and renamed.</summary>
internal sealed class FolderObjectStore : IObjectStore
{
    private const int BufferBytes = 1 << 17;

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
            long size;
            await using (
                var file = new FileStream(
                    temporary,
                    FileMode.CreateNew,
                    FileAccess.Write,
                    FileShare.None,
                    BufferBytes,
                    FileOptions.Asynchronous
                )
            )
            {
                await using var source = new CheckedSource(key, content, length, cancellationToken);
                await _disk.CopyAsync(source, file, cancellationToken);
                size = file.Length;
                file.Flush(flushToDisk: true);
            }
            Publish(temporary, path);
            return size;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task PutFileAsync(string key, string path, CancellationToken cancellationToken)
    {
        var target = PathOf(key);
        var temporary = TemporaryName();
        try
        {
            if (HardLink.TryCreate(path, temporary))
            {
                await using (
                    var file = new FileStream(
                        temporary,
                        FileMode.Open,
                        FileAccess.ReadWrite,
                        FileShare.Read,
                        BufferBytes,
                        FileOptions.Asynchronous
                    )
                )
                {
                    await ContentCheck.CheckAsync(key, file, cancellationToken);
                    file.Flush(flushToDisk: true);
                }
                // Its age as an object starts now.
                File.SetLastWriteTimeUtc(temporary, _clock.GetUtcNow().UtcDateTime);
                Publish(temporary, target);
                return;
            }
        }
        finally
        {
            File.Delete(temporary);
        }
        await using var source = File.OpenRead(path);
        await PutAsync(key, source, source.Length, cancellationToken);
    }

    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        var file = Open(key);
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
        var file = Open(key);
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

    private FileStream Open(string key)
    {
        try
        {
            return new(
                PathOf(key),
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read | FileShare.Delete,
                BufferBytes,
                FileOptions.Asynchronous
            );
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

    private string TemporaryName() => Path.Combine(_temporary, Path.GetRandomFileName());

    private static void Publish(string temporary, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        DurableFolder.Create(folder);
        File.Move(temporary, path, overwrite: true);
        DurableFolder.Flush(folder);
    }

    private string PathOf(string key)
    {
        ObjectKeys.Check(key);
        return Path.Combine(_root, key);
    }
}

using System.Security.Cryptography;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>
/// Pictures on this machine, named by their content: originals, and those that runs have decoded. Limited in size, least recently used
/// pictures are deleted first. It frees space for the disk reserve, since its content can be had again.
/// </summary>
internal sealed class PictureCache(IObjectStore store, DiskSpace disk, IOptions<WorkerOptions> options, TimeProvider clock) : IDisposable
{
    private const int Parallel = 8;
    private readonly SemaphoreSlim _trimming = new(1);

    /// <summary>Copies the pictures into a run's folder; existing ones are kept.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="DiskFullException">The reserve is reached, and nothing in the cache can be deleted.</exception>
    public async Task BringAsync(Guid org, IReadOnlyCollection<string> hashes, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await TrimAsync(cancellationToken);
        await System.Threading.Tasks.Parallel.ForEachAsync(
            hashes,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (hash, cancel) =>
            {
                var target = Path.Combine(folder, hash);
                if (File.Exists(target))
                    return;
                var cached = await CachedAsync(org, hash, cancel);
                if (!HardLink.TryCreate(cached, target))
                    File.Copy(cached, target, overwrite: true);
            }
        );
    }

    /// <summary>Where the organisation's runs keep decoded pictures. They count in the cache's size and are deleted like the
    /// originals.</summary>
    public string DecodedFolder(Guid org) => Path.Combine(FolderOf(org), "decoded");

    /// <summary>Bytes that may still be added.</summary>
    public long Left() => Math.Max(0, options.Value.CacheBytes - Files().Sum(f => f.Length));

    public void Dispose() => _trimming.Dispose();

    // Per organisation here too: a shared cache would give one tenant's bytes to another that only knows their hash.
    private string FolderOf(Guid org) => Path.Combine(options.Value.Cache, org.ToString("N"));

    // A file may be renamed or deleted by a run while the folder is listed; Exists is of the moment at which it was listed.
    private IEnumerable<FileInfo> Files() =>
        new DirectoryInfo(options.Value.Cache).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Exists);

    private async Task<string> CachedAsync(Guid org, string hash, CancellationToken cancellationToken)
    {
        var path = Path.Combine(FolderOf(org), hash[..2], hash);
        if (File.Exists(path))
        {
            File.SetLastAccessTimeUtc(path, clock.GetUtcNow().UtcDateTime);
            return path;
        }
        disk.Demand(options.Value.Cache);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var arriving = $"{path}.{Path.GetRandomFileName()}";
        await store.DownloadAsync(ObjectKeys.Content(org, hash), arriving, cancellationToken);
        await using (var file = File.OpenRead(arriving))
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) != hash)
            {
                File.Delete(arriving);
                throw new DamagedObjectException(hash);
            }
        File.Move(arriving, path, overwrite: true);
        return path;
    }

    private async Task TrimAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Value.Cache);
        await _trimming.WaitAsync(cancellationToken);
        try
        {
            var files = Files().Select(f => (f.FullName, f.Length, f.LastAccessTimeUtc)).ToList();
            var excess = Math.Max(files.Sum(f => f.Length) - options.Value.CacheBytes, disk.Missing(options.Value.Cache));
            foreach (var file in files.OrderBy(f => f.LastAccessTimeUtc))
            {
                if (excess <= 0)
                    break;
                File.Delete(file.FullName);
                excess -= file.Length;
            }
        }
        finally
        {
            _trimming.Release();
        }
    }
}

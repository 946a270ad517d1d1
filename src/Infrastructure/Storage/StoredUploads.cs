using GpuGeek.Domain.Storage;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>The bytes of uploads: each is one object, or parts that were stored one after the other.</summary>
public static class StoredUploads
{
    /// <summary>Copies an upload to a local file; the folder store links it where it is one object.</summary>
    /// <param name="parts">Names of its parts in their order; empty: it is one object.</param>
    /// <exception cref="ObjectNotFoundException"/>
    public static Task DownloadAsync(
        IObjectStore store,
        Guid org,
        Guid upload,
        IReadOnlyList<Guid> parts,
        string path,
        CancellationToken cancellationToken
    ) =>
        parts switch
        {
            [] => store.DownloadAsync(ObjectKeys.Upload(org, upload), path, cancellationToken),
            [var only] => store.DownloadAsync(ObjectKeys.UploadPart(org, upload, only), path, cancellationToken),
            _ => AtomicFile.WriteAsync(path, file => CopyAsync(store, org, upload, parts, file, cancellationToken)),
        };

    /// <summary>Deletes an upload, also parts that no row names.</summary>
    public static async Task DeleteAsync(IObjectStore store, Guid org, Guid upload, CancellationToken cancellationToken)
    {
        foreach (var key in await store.ListAsync(ObjectKeys.Upload(org, upload), cancellationToken).ToListAsync(cancellationToken))
            await store.DeleteAsync(key, cancellationToken);
    }

    private static async Task CopyAsync(
        IObjectStore store,
        Guid org,
        Guid upload,
        IReadOnlyList<Guid> parts,
        Stream to,
        CancellationToken cancellationToken
    )
    {
        foreach (var part in parts)
        {
            await using var from = await store.OpenReadAsync(ObjectKeys.UploadPart(org, upload, part), cancellationToken);
            await from.CopyToAsync(to, cancellationToken);
        }
    }
}

using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Infrastructure.Storage;

public static class StoredManifest
{
    /// <summary>Reads the manifest of a dataset version from the object store.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="Domain.Common.DomainException">It cannot be read.</exception>
    public static async Task<List<ManifestEntry>> ReadAsync(IObjectStore store, Guid org, string hash, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(ObjectKeys.Content(org, hash), cancellationToken);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return Manifest.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}

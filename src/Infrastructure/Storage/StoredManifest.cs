using System.Runtime.CompilerServices;
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

    /// <summary>The same line by line, for what needs no more: a manifest of a million pictures takes 200 MB as a list.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async IAsyncEnumerable<ManifestEntry> StreamAsync(
        IObjectStore store,
        Guid org,
        string hash,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var stream = await store.OpenReadAsync(ObjectKeys.Content(org, hash), cancellationToken);
        using var lines = new StreamReader(stream);
        for (var number = 1; await lines.ReadLineAsync(cancellationToken) is { } line; number++)
            yield return Manifest.ReadLine(line, number);
    }
}

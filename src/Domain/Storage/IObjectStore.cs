namespace GpuGeek.Domain.Storage;

/// <summary>
/// Where bytes live: a folder, or any S3-compatible service. Keys are <see cref="ObjectKeys"/>. A write is visible whole or not at all.
/// </summary>
public interface IObjectStore
{
    /// <summary>Stores the stream under the key, whole or not at all; replaces what was there only for keys that are not content-addressed.</summary>
    /// <returns>Bytes written.</returns>
    Task<long> PutAsync(string key, Stream content, CancellationToken cancellationToken);

    /// <summary>Stores a local file; the folder store links it when both lie on one file system.</summary>
    Task PutFileAsync(string key, string path, CancellationToken cancellationToken);

    /// <summary>A seekable or forward stream over the object.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Brings the object to a local file (temporary name, then rename); the folder store links it when it can.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    Task DownloadAsync(string key, string path, CancellationToken cancellationToken);

    /// <returns>Size in bytes, or null when there is no such object.</returns>
    Task<long?> SizeAsync(string key, CancellationToken cancellationToken);

    /// <summary>Not there is not an error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keys that start with the prefix, in any order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Bytes that can still be stored, or null when the store does not say.</summary>
    long? FreeBytes { get; }
}

public sealed class ObjectNotFoundException(string key) : Exception($"There is no object '{key}'.")
{
    public string Key { get; } = key;
}

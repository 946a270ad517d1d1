namespace GpuGeek.Domain.Storage;

/// <summary>
/// Stores bytes in a folder or in any S3-compatible service. Keys are <see cref="ObjectKeys"/>. A write is atomic. The content under a
/// content-addressed key (<see cref="ObjectKeys.ContentHash"/>) is checked against its name when it is written and when it is read
/// completely.
/// </summary>
public interface IObjectStore
{
    /// <summary>Stores the stream under the key, atomically; replaces an existing object.</summary>
    /// <param name="length">Number of bytes; null if unknown. A store in a bucket first writes a stream of unknown length to the local
    /// disk.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="IOException">The stream is shorter or longer: nothing was stored.</exception>
    /// <exception cref="DamagedObjectException">The key is content-addressed and the bytes do not match it: nothing was
    /// stored.</exception>
    /// <exception cref="ObjectStoreException"/>
    Task<long> PutAsync(string key, Stream content, long? length, CancellationToken cancellationToken);

    /// <summary>Stores a local file; the folder store links it if both are on one file system.</summary>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="ObjectStoreException"/>
    Task PutFileAsync(string key, string path, CancellationToken cancellationToken);

    /// <summary>Stores many local files: all are durable when it returns. If it fails, some of them may be stored.</summary>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="ObjectStoreException"/>
    Task PutFilesAsync(IReadOnlyCollection<LocalFile> files, CancellationToken cancellationToken);

    /// <summary>A seekable or forward-only stream over the object. A damaged content-addressed object throws here or, at the latest,
    /// before its last bytes are returned.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="ObjectStoreException"/>
    Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>A forward-only stream over a part of the object. A part cannot be checked against the name; code that combines parts must
    /// check.</summary>
    /// <param name="offset">First byte, from 0; at or after the end of the object the stream is empty.</param>
    /// <param name="length">Maximum number of bytes, from 0; fewer if the object ends.</param>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="ObjectStoreException"/>
    Task<Stream> OpenReadAsync(string key, long offset, long length, CancellationToken cancellationToken);

    /// <summary>Copies the object to a local file (temporary name, then rename); the folder store links it if possible.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="ObjectStoreException"/>
    Task DownloadAsync(string key, string path, CancellationToken cancellationToken);

    /// <returns>Size in bytes, or null if the object does not exist.</returns>
    Task<long?> SizeAsync(string key, CancellationToken cancellationToken);

    /// <summary>Deletes the object. A missing object is not an error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keys that start with the prefix, in any order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Objects whose keys start with the prefix, with size and age. Keys of one folder are adjacent.</summary>
    IAsyncEnumerable<StoredObject> InspectAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes the object unless it was written at or after the given time.</summary>
    /// <returns>False if it was, or if it does not exist.</returns>
    Task<bool> DeleteOlderAsync(string key, DateTimeOffset moment, CancellationToken cancellationToken);

    /// <summary>Removes unfinished writes that started before the given time. They were never visible.</summary>
    Task<AbandonedWrites> RemoveAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Bytes that may still be stored: the free space minus the reserve for the database. Null if the store does not report
    /// it.</summary>
    long? FreeBytes { get; }
}

public static class ObjectStoreExtensions
{
    /// <summary>Stores the rest of a seekable stream, or a stream of unknown length.</summary>
    public static Task<long> PutAsync(this IObjectStore store, string key, Stream content, CancellationToken cancellationToken) =>
        store.PutAsync(key, content, content.CanSeek ? content.Length - content.Position : null, cancellationToken);
}

/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">Time of the last write, by the store's clock.</param>
public sealed record StoredObject(string Key, long Size, DateTimeOffset ModifiedAt);

/// <param name="Count">Number of unfinished writes.</param>
/// <param name="Bytes">Bytes they used; 0 if the store does not report it.</param>
public sealed record AbandonedWrites(int Count, long Bytes);

/// <summary>A file and the key that it is stored under.</summary>
public readonly record struct LocalFile(string Key, string Path);

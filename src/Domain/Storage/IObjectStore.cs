namespace GpuGeek.Domain.Storage;

/// <summary>
/// Where bytes live: a folder, or any S3-compatible service. Keys are <see cref="ObjectKeys"/>. A write is visible whole or not at all.
/// What lies under a content-addressed key (<see cref="ObjectKeys.ContentHash"/>) is checked against its name when it is written and when
/// it is read whole.
/// </summary>
public interface IObjectStore
{
    /// <summary>Stores the stream under the key, whole or not at all; replaces what was there. The stream's length need not be
    /// known.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="DamagedObjectException">The key is content-addressed and the bytes are others: nothing was stored.</exception>
    /// <exception cref="ObjectStoreException"/>
    Task<long> PutAsync(string key, Stream content, CancellationToken cancellationToken);

    /// <summary>Stores a local file; the folder store links it when both lie on one file system.</summary>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="ObjectStoreException"/>
    Task PutFileAsync(string key, string path, CancellationToken cancellationToken);

    /// <summary>A seekable or forward stream over the object. A damaged content-addressed object throws here or, at the latest, instead of
    /// giving its last bytes.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="ObjectStoreException"/>
    Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>A forward stream over a part of the object. A part cannot be checked against the name: who puts parts together
    /// must.</summary>
    /// <param name="offset">First byte, from 0; at or after the end the stream is empty.</param>
    /// <param name="length">Most bytes to give, from 0; fewer where the object ends.</param>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="ObjectStoreException"/>
    Task<Stream> OpenReadAsync(string key, long offset, long length, CancellationToken cancellationToken);

    /// <summary>Brings the object to a local file (temporary name, then rename); the folder store links it when it can.</summary>
    /// <exception cref="ObjectNotFoundException"/>
    /// <exception cref="DamagedObjectException"/>
    /// <exception cref="ObjectStoreException"/>
    Task DownloadAsync(string key, string path, CancellationToken cancellationToken);

    /// <returns>Size in bytes, or null when there is no such object.</returns>
    Task<long?> SizeAsync(string key, CancellationToken cancellationToken);

    /// <summary>Not there is not an error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keys that start with the prefix, in any order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Objects whose keys start with the prefix, with size and age. Keys of one folder follow each other.</summary>
    IAsyncEnumerable<StoredObject> InspectAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes the object unless it was written at or after the moment.</summary>
    /// <returns>False when it was, or when there is none.</returns>
    Task<bool> DeleteOlderAsync(string key, DateTimeOffset moment, CancellationToken cancellationToken);

    /// <summary>Removes what writes left that began before the moment and never ended. None of it was ever visible.</summary>
    Task<AbandonedWrites> RemoveAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Bytes that may still be stored: what is free without the reserve for the database. Null when the store does not
    /// say.</summary>
    long? FreeBytes { get; }
}

/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When it was last written, by the store's clock.</param>
public sealed record StoredObject(string Key, long Size, DateTimeOffset ModifiedAt);

/// <param name="Count">Writes that never ended.</param>
/// <param name="Bytes">Bytes they took; 0 where the store does not say.</param>
public sealed record AbandonedWrites(int Count, long Bytes);

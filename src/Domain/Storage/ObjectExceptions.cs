namespace GpuGeek.Domain.Storage;

public sealed class ObjectNotFoundException(string key) : Exception($"There is no object '{key}'.")
{
    public string Key { get; } = key;
}

/// <summary>The bytes do not match the SHA-256 in the name. Restore the object from the backup, or store it again.</summary>
/// <param name="key">The object's key, or its hash.</param>
public sealed class DamagedObjectException(string key) : Exception($"The content of the object {key} does not match the hash in its name.")
{
    public string Key { get; } = key;
}

/// <summary>The store failed: it cannot be reached, refuses the keys, or has no such bucket. An <see cref="IOException"/>, like a full
/// disk.</summary>
public sealed class ObjectStoreException(string message, Exception? inner = null) : IOException(message, inner);

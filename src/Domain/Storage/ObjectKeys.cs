using System.Text;

namespace GpuGeek.Domain.Storage;

/// <summary>
/// Names of stored objects. Content is named by its SHA-256 inside its organisation: the same picture in two organisations is two
/// objects, because a shared object would reveal to each of them that the other has it.
/// </summary>
public static class ObjectKeys
{
    /// <param name="sha256">64 lower-case hex digits.</param>
    public static string Content(Guid org, string sha256) => $"orgs/{org:N}/sha256/{sha256[..2]}/{sha256}";

    /// <summary>JPEG thumbnail of a picture, named by the original's hash.</summary>
    public static string Thumbnail(Guid org, string sha256) => $"orgs/{org:N}/thumbnails/{sha256[..2]}/{sha256}";

    /// <summary>An upload as received, until its import has read it.</summary>
    public static string Upload(Guid org, Guid import) => $"orgs/{org:N}/uploads/{import:N}";

    /// <summary>A part of an upload that can be resumed. Each has a name of its own, so that a request that lost its claim overwrites
    /// nothing.</summary>
    public static string UploadPart(Guid org, Guid import, Guid part) => $"{Upload(org, import)}-{part:N}";

    /// <summary>Objects of one attempt; the fence in the name keeps a stale owner from touching its successor's objects.</summary>
    public static string Run(Guid org, Guid run, long fence, string name) => $"orgs/{org:N}/runs/{run:N}/{fence}/{name}";

    public static string Organisation(Guid org) => $"orgs/{org:N}/";

    /// <returns>The SHA-256 in a content-addressed key, or null for other keys.</returns>
    public static string? ContentHash(string key)
    {
        var parts = key.Split('/');
        return
            parts is ["orgs", _, "sha256", var folder, { Length: 64 } hash]
            && hash.StartsWith(folder, StringComparison.Ordinal)
            && hash.All(char.IsAsciiHexDigitLower)
            ? hash
            : null;
    }

    /// <summary>Keys that both stores support: at most 512 characters and 1,024 bytes of UTF-8, in segments of at most 255 bytes, none
    /// empty, <c>.</c> or <c>..</c>, without control characters; <c>tmp/</c> is reserved for the folder store.</summary>
    /// <exception cref="ArgumentException"/>
    public static void Check(string key)
    {
        if (key.StartsWith("tmp/", StringComparison.Ordinal))
            throw new ArgumentException($"The key '{key}' is in tmp/, which is reserved for the store.", nameof(key));
        if (key.Any(char.IsControl) || HasLoneSurrogate(key))
            throw new ArgumentException("The object key contains control characters or half a surrogate pair.", nameof(key));
        if (key.Length > 512 || Encoding.UTF8.GetByteCount(key) > 1024)
            throw new ArgumentException("The object key is longer than 512 characters or 1,024 bytes.", nameof(key));
        foreach (var segment in key.Split('/'))
            if (segment is "" or "." or ".." || Encoding.UTF8.GetByteCount(segment) > 255)
                throw new ArgumentException(
                    $"The key '{key}' has a segment that is empty, '.', '..' or longer than 255 bytes.",
                    nameof(key)
                );
    }

    private static bool HasLoneSurrogate(string key)
    {
        for (var i = 0; i < key.Length; i++)
        {
            if (!char.IsSurrogate(key[i]))
                continue;
            if (i + 1 == key.Length || !char.IsSurrogatePair(key[i], key[i + 1]))
                return true;
            i++;
        }
        return false;
    }
}

using System.Security.Cryptography;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Worker.Storage;

internal static class StoredContent
{
    /// <summary>Stores a file under its content-addressed name.</summary>
    /// <returns>SHA-256 in hex.</returns>
    public static async Task<string> PutContentAsync(this IObjectStore store, Guid org, string path, CancellationToken cancellationToken)
    {
        string hash;
        await using (var file = File.OpenRead(path))
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        await store.PutFileAsync(ObjectKeys.Content(org, hash), path, cancellationToken);
        return hash;
    }
}

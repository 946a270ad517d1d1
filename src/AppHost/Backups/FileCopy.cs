using System.Security.Cryptography;

namespace GpuGeek.AppHost.Backups;

/// <summary>Copies files into or out of a backup and hashes their bytes when it reads them.</summary>
internal static class FileCopy
{
    private const int BufferBytes = 1 << 17;

    /// <summary>A hard link if the file system supports it, else a copy. Objects are never changed in place, so both are
    /// equivalent.</summary>
    /// <returns>The hash is null if nothing was read; the result is null if the file does not exist.</returns>
    public static async Task<(long Size, string? Sha256)?> TakeAsync(string from, string to, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        try
        {
            return FileSystem.TryLink(from, to) ? (new FileInfo(to).Length, null) : await CopyAsync(from, to, cancellationToken);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static async Task<(long Size, string Sha256)> CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
        await using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        return (target.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}

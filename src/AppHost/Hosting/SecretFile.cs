using System.Security.Cryptography;

namespace GpuGeek.AppHost.Hosting;

/// <summary>A random secret in a file that only its owner can read.</summary>
internal static class SecretFile
{
    public static async Task<string> ReadOrCreateAsync(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
            return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await using (
            var file = new FileStream(
                path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
        )
        await using (var writer = new StreamWriter(file))
            await writer.WriteAsync(secret);
        return secret;
    }
}

using System.Security.Cryptography;
using GpuGeek.Infrastructure.Storage;

namespace GpuGeek.Infrastructure.Security;

/// <summary>A random key of 32 bytes in the installation's key folder, created at its first use and readable only by its owner.</summary>
internal static class KeyFile
{
    public const int Bytes = 32;

    /// <param name="damaged">Creates the exception for a file of another length, from its path.</param>
    public static byte[] ReadOrCreate(string folder, string fileName, Func<string, Exception> damaged)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, fileName);
        if (!File.Exists(path))
            Write(path, RandomNumberGenerator.GetBytes(Bytes));
        var key = File.ReadAllBytes(path);
        return key.Length == Bytes ? key : throw damaged(path);
    }

    /// <summary>Keeps an existing file.</summary>
    public static void Copy(string from, string to) => Write(to, File.ReadAllBytes(from));

    // Written atomically; the first of several processes wins.
    private static void Write(string path, byte[] key)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }
        Publish(temporary, path);
    }

    // File.Move cannot let the first win on Linux: it looks for the target and then renames, so a second process
    // would replace a key that the first already uses. A hard link is refused where the name exists.
    private static void Publish(string temporary, string path)
    {
        try
        {
            if (HardLink.TryCreate(temporary, path))
                File.Delete(temporary);
            else
                File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}

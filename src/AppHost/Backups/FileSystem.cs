using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.AppHost.Backups;

/// <summary>File operations of the kernel that .NET does not offer.</summary>
internal static partial class FileSystem
{
    private const int NotFound = 2;

    /// <summary>Creates a hard link: no bytes are copied.</summary>
    /// <returns>False: links between these folders are impossible; copy instead.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static bool TryLink(string existing, string name)
    {
        if (link(existing, name) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == NotFound ? throw new FileNotFoundException("The file is gone.", existing) : false;
    }

    /// <summary>Whether files of one folder can be hard-linked into another.</summary>
    public static bool CanLink(string from, string to)
    {
        var probe = Path.Combine(from, $".link-{Path.GetRandomFileName()}");
        var second = Path.Combine(to, Path.GetFileName(probe));
        try
        {
            File.WriteAllText(probe, "");
            return TryLink(probe, second);
        }
        finally
        {
            File.Delete(probe);
            File.Delete(second);
        }
    }

    /// <summary>Flushes the whole file system of a file: names and bytes survive a power cut.</summary>
    /// <exception cref="IOException">Writing failed.</exception>
    public static void Flush(string file)
    {
        using var handle = File.OpenHandle(file);
        if (syncfs(handle) != 0)
            throw new IOException($"The disk of {file} could not be flushed (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>All files below a folder by their relative names, in order. Files that are deleted in the meantime are left
    /// out.</summary>
    public static IEnumerable<string> Files(string root, string below = "")
    {
        foreach (var entry in Entries(Path.Combine(root, below)))
        {
            var name = below.Length == 0 ? entry.Name : $"{below}/{entry.Name}";
            if (entry is FileInfo)
                yield return name;
            else
                foreach (var file in Files(root, name))
                    yield return file;
        }
    }

    private static FileSystemInfo[] Entries(string folder)
    {
        try
        {
            var entries = new DirectoryInfo(folder).GetFileSystemInfos();
            Array.Sort(entries, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);
}

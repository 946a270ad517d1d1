using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.AppHost.Backups;

/// <summary>What the kernel does with files and .NET does not offer.</summary>
internal static partial class FileSystem
{
    private const int NotFound = 2;

    /// <summary>A second name for a file: no bytes move.</summary>
    /// <returns>False: these folders cannot be linked; copy instead.</returns>
    /// <exception cref="FileNotFoundException">The file is gone.</exception>
    public static bool TryLink(string existing, string name)
    {
        if (link(existing, name) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == NotFound ? throw new FileNotFoundException("The file is gone.", existing) : false;
    }

    /// <summary>Whether files of one folder can have a second name in another.</summary>
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

    /// <summary>All that was written to the file system of a file survives a power cut from here on: names and bytes.</summary>
    /// <exception cref="IOException">Something could not be written.</exception>
    public static void Flush(string file)
    {
        using var handle = File.OpenHandle(file);
        if (syncfs(handle) != 0)
            throw new IOException($"The disk of {file} could not be flushed (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>All files below a folder by their relative names, in order. What goes meanwhile is left out.</summary>
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

namespace GpuGeek.Infrastructure.Storage;

/// <summary>All files under a folder in the order of S3 keys: a folder sorts as its name with a trailing slash.</summary>
internal static class FolderListing
{
    public static IEnumerable<FileInfo> Files(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        var entries = new DirectoryInfo(folder).GetFileSystemInfos();
        Array.Sort(entries, static (a, b) => string.CompareOrdinal(Name(a), Name(b)));
        foreach (var entry in entries)
        {
            if (entry is FileInfo file)
                yield return file;
            else
                foreach (var below in Files(entry.FullName))
                    yield return below;
        }
    }

    private static string Name(FileSystemInfo entry) => entry is DirectoryInfo ? entry.Name + "/" : entry.Name;
}

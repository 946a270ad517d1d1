namespace GpuGeek.Worker.Imports.Reading;

/// <summary>A folder on this machine, for training without a server.</summary>
internal sealed class FolderSource : IPictureSource
{
    public FolderSource(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        Files =
        [
            .. new DirectoryInfo(folder)
                .EnumerateFiles("*", options)
                .Select(f => new SourceFile(
                    Path.GetRelativePath(folder, f.FullName).Replace(Path.DirectorySeparatorChar, '/'),
                    f.Length,
                    () => File.ReadAllBytes(f.FullName)
                ))
                .OrderBy(f => f.Path, StringComparer.Ordinal),
        ];
    }

    public IReadOnlyList<SourceFile> Files { get; }

    public void Dispose() { }
}

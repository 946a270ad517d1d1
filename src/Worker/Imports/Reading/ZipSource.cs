using GpuGeek.Worker.Imports.Archives;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Worker.Imports.Reading;

internal sealed class ZipSource : IPictureSource
{
    private readonly SafeFileHandle _file;

    /// <exception cref="ArchiveException"/>
    public ZipSource(string path, ArchiveLimits limits)
    {
        _file = System.IO.File.OpenHandle(path);
        try
        {
            var entries = ZipEntries.Read(_file, limits);
            ZipPolicy.Check(entries, limits);
            Files = [.. entries.Where(e => !e.IsFolder || e.Size > 0).Select(ToFile)];
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        SourceFile ToFile(ZipEntryRecord entry) => new(entry.Name, entry.Size, () => ZipEntryReader.Read(_file, entry), TroubleOf(entry));
    }

    public IReadOnlyList<SourceFile> Files { get; }

    public void Dispose() => _file.Dispose();

    private static SkipReason? TroubleOf(ZipEntryRecord entry) =>
        entry.IsFolder ? new("folder_with_data", "Its name is that of a folder, but it contains data.")
        : entry.IsSpecial ? new("not_a_file", "It is a link or a device, not a file.", "Add the picture itself to the archive.")
        : null;
}

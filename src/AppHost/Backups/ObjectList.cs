using System.Globalization;

namespace GpuGeek.AppHost.Backups;

/// <summary>The list of objects in a backup, one line each: size, SHA-256, name. It is a separate file, since there may be
/// millions.</summary>
internal static class ObjectList
{
    public static string Line(BackedUpFile file) => string.Create(CultureInfo.InvariantCulture, $"{file.Size}\t{file.Sha256}\t{file.Path}");

    /// <exception cref="PartFailedException">A line is damaged, or names a file outside the backup.</exception>
    public static IEnumerable<BackedUpFile> Read(string folder)
    {
        var path = Path.Combine(folder, BackupManifest.ObjectList);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (
                line.Split('\t', 3) is not [var size, var hash, var name]
                || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                || !StoredName.IsHash(hash)
            )
                throw new PartFailedException("The backup", $"line {number} of {path} is damaged. Choose another backup.");
            yield return new(name, bytes, hash);
        }
    }
}

using System.Text;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Worker.Imports.Reading;

/// <summary>Determines from a file's path its class, its split, or the reason why it is skipped.</summary>
internal static class PathRules
{
    private const int MaxSegmentBytes = 255;
    private static readonly string[] SystemNames = ["__MACOSX", "Thumbs.db", "desktop.ini", ".DS_Store", "@eaDir", "$RECYCLE.BIN"];
    private static readonly string[] ArchiveEndings = [".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".zst"];

    public static SkipReason? Skip(string path)
    {
        var segments = path.Split('/');
        if (path.Any(char.IsControl))
            return new("bad_name", "Its name contains control characters.", "Rename the file.");
        if (segments.Any(s => Encoding.UTF8.GetByteCount(s) > MaxSegmentBytes))
            return new("bad_name", $"A part of its name is longer than {MaxSegmentBytes} bytes.", "Shorten the name.");
        if (segments.Any(s => SystemNames.Contains(s, StringComparer.OrdinalIgnoreCase)))
            return new("system_file", "It is a file of the operating system, not a picture.");
        if (segments.Any(s => s.StartsWith('.')))
            return new("hidden_file", "It is hidden: a part of its path starts with a dot.", "Rename it if it is a picture.");
        if (ArchiveEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            return new("nested_archive", "It is an archive inside the archive.", "Unpack it first, or import it separately.");
        return null;
    }

    /// <summary>
    /// The class is the folder that contains the file, whatever is above it. A folder named train, val, valid, validation or test above
    /// the class is the split; of several, the innermost is used.
    /// </summary>
    public static Placement Place(string path)
    {
        var folders = path.Split('/')[..^1];
        if (folders.Length == 0 || SplitOf(folders[^1]) is not null)
            return Placement.Unlabelled(
                "no_class_folder",
                "It is not in a class folder.",
                "Put it into a folder named after its class, such as cats/001.jpg or train/cats/001.jpg; or add a table with the columns "
                    + "filename and label; or import it without a label.",
                SplitOf(folders)
            );
        return DatasetClass.NameOf(folders[^1]) is { } name
            ? new(name, SplitOf(folders[..^1]))
            : Placement.Refused(
                "bad_class_name",
                $"Its folder's name is not a valid class name, which has 1 to {DatasetClass.MaxNameLength} characters.",
                "Rename the folder."
            );
    }

    /// <summary>The split that the innermost of these folders names, or null.</summary>
    public static string? SplitOf(IEnumerable<string> folders) => folders.Reverse().Select(SplitOf).FirstOrDefault(s => s is not null);

    public static string? SplitOf(string folder) =>
        folder.ToLowerInvariant() switch
        {
            "train" => Splits.Train,
            "val" or "valid" or "validation" => Splits.Val,
            "test" => Splits.Test,
            _ => null,
        };
}

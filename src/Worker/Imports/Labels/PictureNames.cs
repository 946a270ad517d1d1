using System.Text;
using GpuGeek.Worker.Imports.Archives;
using GpuGeek.Worker.Imports.Reading;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>Finds the file that a row of labels means: by its path, by the end of its path, by its name, or by its name without the
/// ending, if no other file could be meant.</summary>
internal sealed class PictureNames
{
    private readonly HashSet<string> _paths;
    private readonly ILookup<string, string> _byName;
    private readonly ILookup<string, string> _byStem;

    public LabelTarget Target { get; }

    /// <param name="paths">Of the archive's files, but for the labels.</param>
    public PictureNames(IReadOnlyCollection<string> paths, LabelTarget target)
    {
        Target = target;
        _paths = new(paths, StringComparer.Ordinal);
        _byName = paths.ToLookup(path => Comparable(NameOf(path)), StringComparer.OrdinalIgnoreCase);
        _byStem = paths.ToLookup(path => Comparable(Path.GetFileNameWithoutExtension(path)), StringComparer.OrdinalIgnoreCase);
    }

    public bool IsNamed(string text) => Find(text, "").Path is not null;

    /// <param name="named">As the row has it.</param>
    /// <param name="folder">Of the table, empty or with '/' at its end.</param>
    /// <returns>Without a path there is a reason.</returns>
    public (string? Path, SkipReason? Reason) Find(string named, string folder)
    {
        var text = named.Trim().Replace('\\', '/').TrimStart('/');
        while (text.StartsWith("./", StringComparison.Ordinal))
            text = text[2..];
        if (_paths.Contains(folder + text))
            return (folder + text, null);
        if (_paths.Contains(text))
            return (text, null);
        var wanted = Comparable(text);
        var found = _byName[NameOf(wanted)].Where(path => EndsWith(Comparable(path), wanted)).Take(2).ToArray();
        if (found.Length == 0)
            found = [.. _byStem[NameOf(wanted)].Where(path => EndsWith(Comparable(WithoutEnding(path)), wanted)).Take(2)];
        return found switch
        {
            [var only] => (only, null),
            [var one, var other] => (
                null,
                new(
                    "ambiguous_name",
                    $"Several files have this name, such as '{ArchiveException.Shown(one)}' and '{ArchiveException.Shown(other)}'.",
                    Target.PathHint
                )
            ),
            _ => (null, new("no_such_file", $"The {Target.Whole} has no file of this name.", "Check the name, or add the picture.")),
        };
    }

    private static bool EndsWith(string path, string wanted) =>
        path.EndsWith(wanted, StringComparison.OrdinalIgnoreCase) && (path.Length == wanted.Length || path[^(wanted.Length + 1)] == '/');

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string WithoutEnding(string path) => path[..^Path.GetExtension(path).Length];

    // Names with accents are written in two ways.
    private static string Comparable(string text) => text.Normalize(NormalizationForm.FormC);
}

using GpuGeek.Domain.Datasets;
using GpuGeek.Worker.Imports.Archives;
using GpuGeek.Worker.Imports.Reading;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>Labels of pictures by the rows of tables.</summary>
internal sealed class TableLabels
{
    /// <summary>As many skipped files as an import keeps; the rest is counted.</summary>
    private const int MostUnmatched = 10_000;

    private readonly Dictionary<string, List<Meant>> _rows = new(StringComparer.Ordinal);
    private readonly List<SkippedEvent> _unmatched = [];
    private readonly LabelTarget _target;

    public TableLabels(IEnumerable<LabelTable> tables, PictureNames names)
    {
        _target = names.Target;
        var more = 0;
        foreach (var table in tables)
        foreach (var row in table.Rows)
            if (names.Find(row.File, table.Folder) is (var path, var reason) && path is null)
            {
                if (_unmatched.Count < MostUnmatched)
                    _unmatched.Add(Missing(table, row, reason!));
                else
                    more++;
            }
            else if (_rows.TryGetValue(path!, out var rows))
                rows.Add(new(table, row));
            else
                _rows.Add(path!, [new(table, row)]);
        if (more > 0)
            _unmatched.Add(new("…", "no_such_file", $"{more} more rows name no file of the {_target.Whole}.", null, Progress: 1));
    }

    /// <summary>The labels of one table that has nothing beside it to label the pictures by.</summary>
    /// <param name="paths">Of the pictures.</param>
    /// <exception cref="ArchiveException">It is damaged, is no table of labels, or names no picture.</exception>
    public static TableLabels OfOnly(TableFile file, IReadOnlyCollection<string> paths, LabelTarget target)
    {
        var names = new PictureNames(paths, target);
        var (rows, reason) = Labelling.Read(SourceFile.Of(file), names);
        if (rows is not { Count: > 0 })
            throw LabelFailures.NoTable(file.Name, reason);
        var table = new LabelTable(file.Name, rows);
        var labels = new TableLabels([table], names);
        return labels.IsEmpty ? throw LabelFailures.MatchNothing(table, paths.FirstOrDefault(), target) : labels;
    }

    /// <summary>The files that rows mean.</summary>
    public IReadOnlyCollection<string> Named => _rows.Keys;

    /// <summary>No row means a file.</summary>
    public bool IsEmpty => _rows.Count == 0;

    /// <summary>Rows that mean no file, or several.</summary>
    public IReadOnlyList<SkippedEvent> Unmatched => _unmatched;

    public Placement Place(string path)
    {
        if (!_rows.TryGetValue(path, out var rows))
            return Placement.Unlabelled(
                "no_label",
                "No row of the archive's labels names it.",
                "Add a row, or leave the table out of the archive to label pictures by their folders, or import it without a label."
            );
        var first = rows[0];
        if (rows.FirstOrDefault(other => !other.Says(first)) is { } other)
            return Placement.Refused(
                "label_twice",
                $"Two rows say different things of it: {first} and {other}.",
                "Decide which row is right and remove the other."
            );
        if (string.IsNullOrWhiteSpace(first.Row.Label))
            return Placement.Unlabelled(
                "no_label",
                $"Its row in {first.Place} has no label.",
                "Write its label, or import it without one.",
                first.Table.Split ?? FoldersSplit(path)
            );
        if (DatasetClass.NameOf(first.Row.Label) is not { } name)
            return Placement.Refused(
                "bad_class_name",
                $"Its label in {first.Place} is no valid class name, which has 1 to {DatasetClass.MaxNameLength} characters.",
                "Correct the label."
            );
        var split = first.Row.Split is { } word ? SplitOf(word) : first.Table.Split ?? FoldersSplit(path);
        if (first.Row.Split is { } unknown && split is null)
            return Placement.Refused(
                "bad_split",
                $"Its split in {first.Place} is '{ArchiveException.Shown(unknown)}'.",
                "Write train, val or test, or leave it empty."
            );
        return first.Row.Group is { Length: > DatasetImage.MaxGroupLength }
            ? Placement.Refused(
                "bad_group",
                $"Its group in {first.Place} has more than {DatasetImage.MaxGroupLength} characters.",
                "Shorten the group's name."
            )
            : new(name, split, first.Row.Group);
    }

    private string? FoldersSplit(string path) => _target.HasFolders ? PathRules.SplitOf(path.Split('/')[..^1]) : null;

    private static string? SplitOf(string word) =>
        PathRules.SplitOf(word)
        ?? word.ToLowerInvariant() switch
        {
            "training" => Splits.Train,
            "dev" => Splits.Val,
            "testing" => Splits.Test,
            _ => null,
        };

    private static SkippedEvent Missing(LabelTable table, LabelRow row, SkipReason reason) =>
        new(row.File, reason.Code, $"{ArchiveException.Shown(table.Path)}, {row.Place}: {reason.Reason}", reason.Hint, Progress: 1);

    /// <summary>A row that means the picture.</summary>
    private sealed record Meant(LabelTable Table, LabelRow Row)
    {
        public string Place => $"{ArchiveException.Shown(Table.Path)}, {Row.Place}";

        public bool Says(Meant other) =>
            (Row.Label, Row.Split, Row.Group, Table.Split) == (other.Row.Label, other.Row.Split, other.Row.Group, other.Table.Split);

        public override string ToString() => $"'{ArchiveException.Shown(Row.Label)}' ({Place})";
    }
}

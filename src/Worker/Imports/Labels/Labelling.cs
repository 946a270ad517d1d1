using GpuGeek.Domain.Datasets;
using GpuGeek.Worker.Imports.Archives;
using GpuGeek.Worker.Imports.Reading;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>How the files of a source get their classes: by tables of labels if there are any, by their folders otherwise.</summary>
/// <param name="Files">Without the tables.</param>
/// <param name="Place">What a path is labelled as.</param>
/// <param name="Unmatched">Rows of tables that mean no file.</param>
internal sealed record Labelling(IReadOnlyList<SourceFile> Files, Func<string, Placement> Place, IReadOnlyList<SkippedEvent> Unmatched)
{
    /// <exception cref="ArchiveException">A table is damaged, or means no file and the folders are no classes.</exception>
    /// <param name="beside">A table that was sent with the source: it must be one, and the only one.</param>
    public static Labelling Of(IReadOnlyList<SourceFile> files, TableFile? beside, ArchiveLimits limits)
    {
        if (beside is not null)
            return Beside(files, beside);
        var candidates = files.Where(file => IsCandidate(file, limits)).ToHashSet();
        if (candidates.Count == 0)
            return new(files, PathRules.Place, []);
        var others = files.Where(file => !candidates.Contains(file)).ToList();
        var names = new PictureNames([.. others.Select(file => file.Path)], LabelTarget.Archive);
        var tables = new List<LabelTable>();
        var foreign = new List<SourceFile>();
        foreach (var file in candidates)
        {
            var (rows, reason) = Read(file, names);
            if (rows is null)
                foreign.Add(file with { Trouble = reason });
            else if (rows.Count > 0)
                tables.Add(new(file.Path, rows));
        }
        if (tables.Count == 0)
            return new([.. others, .. foreign], PathRules.Place, []);
        var labels = new TableLabels(tables, names);
        return labels.IsEmpty ? ByFolders(others, foreign, tables) : new([.. others, .. foreign], labels.Place, labels.Unmatched);
    }

    /// <summary>It wins over tables in the archive, which are skipped as what they are: no pictures.</summary>
    private static Labelling Beside(IReadOnlyList<SourceFile> files, TableFile beside)
    {
        var labels = TableLabels.OfOnly(beside, [.. files.Select(file => file.Path)], LabelTarget.Archive);
        return new(files, labels.Place, labels.Unmatched);
    }

    /// <summary>A table that lies beside class folders and means something else does not keep their pictures out.</summary>
    private static Labelling ByFolders(List<SourceFile> others, List<SourceFile> foreign, List<LabelTable> tables)
    {
        if (others.All(file => PathRules.Place(file.Path).Class is null))
            throw LabelFailures.MatchNothing(tables[0], others.Select(file => file.Path).FirstOrDefault(), LabelTarget.Archive);
        var unused = tables.Select(table => new SkippedEvent(
            table.Path,
            "not_labels",
            "None of its rows names a file of the archive, so the pictures are labelled by their folders.",
            "Write the paths or the names of the pictures as they are in the archive.",
            Progress: 1
        ));
        return new([.. others, .. foreign], PathRules.Place, [.. unused]);
    }

    private static bool IsCandidate(SourceFile file, ArchiveLimits limits) =>
        ImportFiles.IsTable(file.Path) && file.Trouble is null && file.Size <= limits.MaxEntryBytes && PathRules.Skip(file.Path) is null;

    /// <returns>Null rows have a reason: it is a table of something else.</returns>
    /// <exception cref="ArchiveException"><c>labels_damaged</c></exception>
    public static (IReadOnlyList<LabelRow>? Rows, SkipReason? Reason) Read(SourceFile file, PictureNames names) =>
        LabelText.Of(file.Read()) is not { } text
            ? (null, new("not_labels", "It is not text."))
            : Path.GetExtension(file.Path).ToLowerInvariant() switch
            {
                ".jsonl" or ".ndjson" => JsonLabels.ReadLines(text, file.Path),
                ".json" => JsonLabels.ReadCoco(text),
                _ => CsvLabels.Read(text, file.Path, names),
            };
}

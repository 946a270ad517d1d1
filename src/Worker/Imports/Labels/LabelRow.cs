using GpuGeek.Worker.Imports.Reading;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>A row of a table of labels, as it was written.</summary>
/// <param name="File">Path or name of a picture.</param>
/// <param name="Split">Null: the row says none.</param>
/// <param name="Group">Null: the row says none.</param>
/// <param name="Place">Where the row stands, as people count: "line 12".</param>
internal sealed record LabelRow(string File, string Label, string? Split, string? Group, string Place);

/// <summary>A file of labels.</summary>
/// <param name="Path">In the archive.</param>
internal sealed record LabelTable(string Path, IReadOnlyList<LabelRow> Rows)
{
    /// <summary>An archive has at most 200,000 files; more rows than this only take memory.</summary>
    public const int MostRows = 1_000_000;

    /// <summary>The folder that its paths may begin in; empty: the archive's.</summary>
    public string Folder => Path[..(Path.LastIndexOf('/') + 1)];

    /// <summary>Of the rows that name none: a table train.csv labels training pictures.</summary>
    public string? Split => PathRules.SplitOf(System.IO.Path.GetFileNameWithoutExtension(Path));
}

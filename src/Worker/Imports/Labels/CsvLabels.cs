using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using GpuGeek.Worker.Imports.Archives;
using GpuGeek.Worker.Imports.Reading;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>Labels as a table of text: <c>filename,label</c>, with <c>split</c> and <c>group</c> if there are such columns.</summary>
internal static class CsvLabels
{
    private const int Sampled = 200;

    /// <summary>Of a cell: where a quote is not closed, the rest of the file is one, and it is not to be held several times.</summary>
    private const int MostCharacters = 100_000;
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <returns>Null rows have a reason: it is a table of something else.</returns>
    /// <exception cref="ArchiveException"><c>labels_damaged</c>, with the line.</exception>
    public static (IReadOnlyList<LabelRow>? Rows, SkipReason? Reason) Read(string text, string path, PictureNames names)
    {
        var (records, damage) = Records(text, path);
        if (records.Count == 0)
            return (null, new("not_labels", damage?.Message ?? "It is empty."));
        var columns = Columns.Of(records, names);
        if (columns is null)
            return (
                null,
                new(
                    "not_labels",
                    $"Its columns are no labels of pictures: {ArchiveException.Shown(string.Join(", ", records[0].Cells))}.",
                    "Name the columns filename and label."
                )
            );
        // Damage in a table of something else is none of the pictures' business.
        if (damage is not null)
            throw damage;
        return (
            [
                .. records
                    .Skip(columns.HasHeader ? 1 : 0)
                    .Where(record => record.Cells.Any(cell => !string.IsNullOrWhiteSpace(cell)))
                    .Select(record => new LabelRow(
                        record.At(columns.File) ?? "",
                        record.At(columns.Label) ?? "",
                        record.At(columns.Split),
                        record.At(columns.Group),
                        string.Create(CultureInfo.InvariantCulture, $"line {record.Line}")
                    )),
            ],
            null
        );
    }

    /// <returns>The records before the damage, if there is any.</returns>
    private static (List<Record> Records, ArchiveException? Damage) Records(string text, string path)
    {
        var delimiter = DelimiterOf(text);
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            HasHeaderRecord = false,
            BadDataFound = null,
            IgnoreBlankLines = true,
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = MostCharacters,
        };
        using var reader = new StringReader(text);
        using var parser = new CsvParser(reader, configuration);
        var records = new List<Record>();
        var line = 1;
        while (true)
        {
            try
            {
                if (!parser.Read())
                    return (records, null);
            }
            catch (MaxFieldSizeException)
            {
                return (records, Damaged($"a cell has more than {MostCharacters} characters, or a quote is not closed"));
            }
            // The parser takes all that follows an open quote for one cell.
            if (IsOpen(parser.RawRecord, delimiter))
                return (records, Damaged("a quote is not closed"));
            if (records.Count == LabelTable.MostRows)
                return (records, Damaged($"the table has more than {LabelTable.MostRows} rows"));
            records.Add(new(parser.Record!, line));
            line = parser.RawRow + 1;
        }

        ArchiveException Damaged(string what) =>
            LabelFailures.Damaged(path, string.Create(CultureInfo.InvariantCulture, $"line {line}"), what);
    }

    /// <summary>Whether a cell begins with a quote that does not end. A quote inside of a cell without quotes is a letter.</summary>
    private static bool IsOpen(string record, char delimiter)
    {
        bool quoted = false,
            begins = true;
        foreach (var c in record)
        {
            if (c == '"' && (quoted || begins))
                quoted = !quoted;
            begins = !quoted && (c == delimiter || begins && c == ' ' || c == '"');
        }
        return quoted;
    }

    /// <summary>The one that the first line has most of, outside of quotes.</summary>
    private static char DelimiterOf(string text)
    {
        var counts = new int[Delimiters.Length];
        var quoted = false;
        foreach (var c in text)
        {
            if (c is '\n' or '\r' && !quoted)
            {
                if (counts.Sum() > 0)
                    break;
                continue;
            }
            if (c == '"')
                quoted = !quoted;
            else if (!quoted && Array.IndexOf(Delimiters, c) is >= 0 and var which)
                counts[which]++;
        }
        return Delimiters[Array.IndexOf(counts, counts.Max())];
    }

    /// <param name="Line">From 1.</param>
    private sealed record Record(string[] Cells, int Line)
    {
        /// <returns>Null: there is none, or it is empty.</returns>
        public string? At(int? column) =>
            column is { } at && at < Cells.Length && !string.IsNullOrWhiteSpace(Cells[at]) ? Unguarded(Cells[at].Trim()) : null;

        /// <summary>Without the apostrophe that keeps a spreadsheet from executing a cell: our own tables have it (OWASP ASVS
        /// 1.2.10).</summary>
        private static string Unguarded(string cell) => cell is ['\'', '=' or '+' or '-' or '@', ..] ? cell[1..] : cell;
    }

    private sealed record Columns(int File, int Label, int? Split, int? Group, bool HasHeader)
    {
        public static Columns? Of(List<Record> records, PictureNames names)
        {
            var header = records[0].Cells;
            var file = Index(header, LabelColumns.IsFile) ?? MostNamed(records, names);
            if (file is not { } at)
                return null;
            var hasHeader = !names.IsNamed(header[at]);
            var (split, group) = hasHeader ? (Index(header, LabelColumns.IsSplit), Index(header, LabelColumns.IsGroup)) : (null, null);
            var others = Enumerable.Range(0, header.Length).Where(i => i != at && i != split && i != group).ToArray();
            var label = hasHeader ? Index(header, LabelColumns.IsLabel) : null;
            // Whatever its name is, a column that stands alone beside the names is the label.
            return (label ?? (others.Length == 1 ? others[0] : null)) is { } column && column != at
                ? new(at, column, split, group, hasHeader)
                : null;
        }

        private static int? Index(string[] header, Func<string, bool> isIt) =>
            Array.FindIndex(header, name => isIt(name)) is >= 0 and var at ? at : null;

        /// <summary>Whatever its name is, the column whose cells are names of the archive's files.</summary>
        private static int? MostNamed(List<Record> records, PictureNames names) =>
            Enumerable
                .Range(0, records[0].Cells.Length)
                .Select(i => (Column: i, Named: records.Take(Sampled).Count(r => r.At(i) is { } cell && names.IsNamed(cell))))
                .Where(c => c.Named > 0)
                .OrderByDescending(c => c.Named)
                .Select(c => (int?)c.Column)
                .FirstOrDefault();
    }
}

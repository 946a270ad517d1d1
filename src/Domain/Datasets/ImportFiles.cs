namespace GpuGeek.Domain.Datasets;

/// <summary>Kinds of files that an import reads, by the endings of their names.</summary>
public static class ImportFiles
{
    /// <summary>Of a table of labels: comma-separated values, tab-separated values, JSON lines, or COCO's annotations.</summary>
    private static readonly string[] TableEndings = [".csv", ".tsv", ".jsonl", ".ndjson", ".json"];

    /// <summary>Bytes of a table outside of an archive. It is read into memory.</summary>
    public const long MaxTableBytes = 64L << 20;

    public static bool IsArchive(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    public static bool IsTable(string name) => TableEndings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}

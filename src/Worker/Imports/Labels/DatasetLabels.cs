using System.Text.Json;
using System.Text.Json.Serialization;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>A picture that is in the dataset already.</summary>
/// <param name="Class">Null: it has no label.</param>
internal sealed record KnownPicture(Guid Id, string? Class, string File)
{
    [JsonIgnore]
    public string Path => Class is null ? File : $"{Class}/{File}";
}

/// <summary>The work of the child where a table is imported alone: it labels pictures that are in the dataset.</summary>
internal static class DatasetLabels
{
    /// <exception cref="Archives.ArchiveException">The table is damaged, is no table of labels, or names no picture.</exception>
    public static IEnumerable<ImportEvent> Read(TableSpec spec)
    {
        if (new FileInfo(spec.File.Path).Length > ImportFiles.MaxTableBytes)
            throw LabelFailures.TooLarge(spec.File.Name);
        var pictures = File.ReadLines(spec.Pictures)
            .Select(line => JsonSerializer.Deserialize<KnownPicture>(line, ImportSpec.Json)!)
            .ToLookup(picture => picture.Path, picture => picture.Id, StringComparer.Ordinal);
        var labels = TableLabels.OfOnly(spec.File, [.. pictures.Select(p => p.Key)], LabelTarget.Dataset);
        return
        [
            .. labels.Named.Select((path, i) => Label(path, pictures[path], labels, (i + 1) / (double)labels.Named.Count)),
            .. labels.Unmatched,
        ];
    }

    private static ImportEvent Label(string path, IEnumerable<Guid> ids, TableLabels labels, double progress)
    {
        if (ids.Take(2).ToArray() is not [var id])
            return new SkippedEvent(
                path,
                "ambiguous_name",
                "Several pictures of this class have this name.",
                "Relabel them one by one in the gallery.",
                progress
            );
        var place = labels.Place(path);
        return place.Class is { } name
            ? new LabelledEvent(id, name, place.Split, place.Group, progress)
            : new SkippedEvent(path, place.Reason!.Code, place.Reason.Reason, place.Reason.Hint, progress);
    }
}

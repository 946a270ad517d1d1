using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuGeek.Worker.Imports.Archives;
using GpuGeek.Worker.Imports.Reading;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>Labels as JSON: an object in each line, or the file of COCO's annotations.</summary>
internal static class JsonLabels
{
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowReadingFromString };

    /// <summary>An object in each line, with the same names as the columns of a table.</summary>
    /// <returns>Null rows have a reason: these are lines of something else.</returns>
    /// <exception cref="ArchiveException"><c>labels_damaged</c>, with the line.</exception>
    public static (IReadOnlyList<LabelRow>? Rows, SkipReason? Reason) ReadLines(string text, string path)
    {
        var rows = new List<LabelRow>();
        using var lines = new StringReader(text);
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var place = string.Create(CultureInfo.InvariantCulture, $"line {number}");
            if (rows.Count == LabelTable.MostRows)
                throw LabelFailures.Damaged(path, place, $"it has more than {LabelTable.MostRows} rows");
            if (Row(line, path, place) is { } row)
                rows.Add(row);
            else if (rows.Count == 0)
                return (null, new("not_labels", "Its first line has no name of a picture with a label.", "Name them filename and label."));
            else
                throw LabelFailures.Damaged(path, place, "it has no name of a picture, or no label");
        }
        return rows.Count == 0 ? (null, new("not_labels", "It is empty.")) : (rows, null);
    }

    private static LabelRow? Row(string line, string path, string place)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            string? Of(Func<string, bool> isIt) =>
                document
                    .RootElement.EnumerateObject()
                    .Where(p => isIt(p.Name) && p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                    .Select(p => p.Value.ToString())
                    .FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
            return Of(LabelColumns.IsFile) is { } file && Of(LabelColumns.IsLabel) is { } label
                ? new(file, label, Of(LabelColumns.IsSplit), Of(LabelColumns.IsGroup), place)
                : null;
        }
        catch (JsonException broken)
        {
            throw LabelFailures.Damaged(path, place, $"it is no JSON ({broken.Message.TrimEnd('.')})");
        }
    }

    /// <summary>COCO (https://cocodataset.org/#format-data) as classification: the category of a picture's annotations is its
    /// label.</summary>
    /// <returns>Null rows have a reason: it is JSON of something else.</returns>
    public static (IReadOnlyList<LabelRow>? Rows, SkipReason? Reason) ReadCoco(string text)
    {
        try
        {
            var file = JsonSerializer.Deserialize<CocoFile>(text, Options);
            if (file is not { Images: { } images, Annotations: { } annotations, Categories: { } categories })
                return (null, Foreign("it lacks images, annotations or categories"));
            var names = images.GroupBy(i => i.Id).ToDictionary(g => g.Key, g => g.First().FileName);
            var labels = categories.GroupBy(c => c.Id).ToDictionary(g => g.Key, g => g.First().Name);
            return (
                [
                    .. annotations.Select(
                        (a, i) =>
                            new LabelRow(
                                names.GetValueOrDefault(a.ImageId) ?? string.Create(CultureInfo.InvariantCulture, $"image {a.ImageId}"),
                                labels.GetValueOrDefault(a.CategoryId) ?? "",
                                null,
                                null,
                                string.Create(CultureInfo.InvariantCulture, $"annotation {i + 1}")
                            )
                    ),
                ],
                null
            );
        }
        catch (JsonException broken)
        {
            return (null, Foreign(broken.Message.TrimEnd('.')));
        }
    }

    private static SkipReason Foreign(string what) =>
        new("not_labels", $"It is no file of COCO's annotations: {what}.", "Use images, annotations and categories, or a table.");

    private sealed record CocoFile(
        [property: JsonPropertyName("images")] List<CocoImage>? Images,
        [property: JsonPropertyName("annotations")] List<CocoAnnotation>? Annotations,
        [property: JsonPropertyName("categories")] List<CocoCategory>? Categories
    );

    private sealed record CocoImage([property: JsonPropertyName("id")] long Id, [property: JsonPropertyName("file_name")] string? FileName);

    private sealed record CocoAnnotation(
        [property: JsonPropertyName("image_id")] long ImageId,
        [property: JsonPropertyName("category_id")] long CategoryId
    );

    private sealed record CocoCategory([property: JsonPropertyName("id")] long Id, [property: JsonPropertyName("name")] string? Name);
}

using System.Globalization;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Weights;

/// <summary>Names layer groups by the shortest module paths that belong to one group only: <c>layer3</c>, <c>features.0–4</c>.</summary>
internal static class GroupNames
{
    public static string[] Of(Graph graph)
    {
        (string[] Parts, int Group)[] modules =
        [
            .. graph.Nodes.Where(node => ParameterSpec.Of(node).Any()).Select(node => (node.Path.Split('.'), node.Group)),
        ];
        var groups = new List<string>[graph.Nodes[^1].Group + 1];
        for (var g = 0; g < groups.Length; g++)
            groups[g] = [];
        foreach (var (parts, group) in modules)
        {
            var name = Shortest(parts, group, modules);
            if (!groups[group].Contains(name))
                groups[group].Add(name);
        }
        return [.. groups.Select(names => string.Join(", ", Compact(names)))];
    }

    private static string Shortest(string[] parts, int group, (string[] Parts, int Group)[] modules)
    {
        for (var length = 1; length < parts.Length; length++)
            if (modules.All(other => other.Group == group || !other.Parts.AsSpan().StartsWith(parts.AsSpan(0, length))))
                return string.Join('.', parts[..length]);
        return string.Join('.', parts);
    }

    /// <summary>Writes names with consecutive numbers at the end as a range.</summary>
    private static IEnumerable<string> Compact(List<string> names)
    {
        for (var first = 0; first < names.Count; )
        {
            var last = first;
            while (
                last + 1 < names.Count && Numbered(names[last]) is (var stem, var number) && Numbered(names[last + 1]) == (stem, number + 1)
            )
                last++;
            yield return last == first ? names[first] : $"{names[first]}–{Numbered(names[last])!.Value.Number}";
            first = last + 1;
        }
    }

    private static (string Stem, int Number)? Numbered(string name)
    {
        var stem = name.TrimEnd("0123456789".ToCharArray());
        return
            stem.Length < name.Length
            && int.TryParse(name.AsSpan(stem.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (stem, number)
            : null;
    }
}

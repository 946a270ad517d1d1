using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Weights;

/// <summary>The part of a file that is loaded into a network.</summary>
/// <param name="KeepHead">The file's classifier is used if it has the same number of classes; false always keeps the network's
/// own.</param>
/// <param name="Groups">Null: everything before the classifier, which must fit exactly. N: the first N layer groups, counted from the
/// input, which must fit completely; the others do not change.</param>
internal sealed record LoadRule(bool KeepHead = true, int? Groups = null);

/// <summary>The result of loading a file.</summary>
/// <param name="Loaded">Tensors written into the network.</param>
/// <param name="HeadReplaced">The network's own classifier was kept.</param>
internal sealed record LoadReport(int Loaded, bool HeadReplaced);

internal static class WeightsLoading
{
    private const int Listed = 3;

    /// <summary>Copies a file's tensors into a network; nothing is written unless everything that the rule requires fits.</summary>
    /// <param name="tensors">Under the network's keys (<see cref="WeightsFile.For"/>).</param>
    /// <param name="rule">Null: everything, and the classifier too if it fits.</param>
    /// <exception cref="WeightsException"><c>weights_mismatch</c>, with the missing, unexpected and mismatched tensors.</exception>
    public static LoadReport Load(GraphModule module, IReadOnlyDictionary<string, LoadedTensor> tensors, LoadRule? rule = null)
    {
        rule ??= new();
        var groups = module.Graph.Nodes[^1].Group + 1;
        if (rule.Groups is < 1 || rule.Groups > groups)
            throw new WeightsException(
                "weights_mismatch",
                $"The network has {groups} layer groups, but the first {rule.Groups} were requested.",
                $"Use 1 to {groups} groups."
            );
        var fit = WeightsFit.Of(module.Graph, tensors);
        Check(fit, rule);
        var head = rule.KeepHead && fit.HeadFits && (rule.Groups is null || rule.Groups == groups);
        var loaded = 0;
        foreach (var entry in fit.Entries.Where(entry => entry.Fits && (entry.IsHead ? head : entry.Group < (rule.Groups ?? groups))))
        {
            module.Write(entry.Parameter.Name, tensors[entry.Parameter.Name].Values);
            loaded++;
        }
        return new LoadReport(loaded, !head);
    }

    private static void Check(WeightsFit fit, LoadRule rule)
    {
        var asked = fit.Body.Where(entry => rule.Groups is null || entry.Group < rule.Groups).ToArray();
        (string What, string[] Names)[] parts =
        [
            ("missing", [.. asked.Where(entry => entry.File is null).Select(entry => entry.Parameter.Name)]),
            // Tensors of other groups and other networks do not matter if only a part is loaded.
            ("unexpected", rule.Groups is null ? fit.Unexpected : []),
            (
                "with another shape",
                [
                    .. asked
                        .Where(entry => entry is { File: not null, Fits: false })
                        .Select(entry => $"{entry.Parameter.Name}: network {Shape(entry.Parameter.Shape)}, file {Shape(entry.File!)}"),
                ]
            ),
        ];
        if (parts.All(part => part.Names.Length == 0))
            return;
        var text = string.Join(
            "; ",
            parts
                .Where(part => part.Names.Length > 0)
                .Select(part =>
                    $"{part.Names.Length} {part.What} ({string.Join(", ", part.Names.Take(Listed))}"
                    + $"{(part.Names.Length > Listed ? ", …" : "")})"
                )
        );
        throw new WeightsException(
            "weights_mismatch",
            rule.Groups is { } count
                ? $"The weights file does not contain the first {count} layer groups of the network: {text}."
                : $"The weights file belongs to another network: {text}.",
            rule.Groups is null
                ? "Use the weights published for the architecture in the recipe, or load only the layer groups that fit."
                : "Load fewer layer groups; the report on the file has the number that fits."
        );
    }

    private static string Shape(long[] shape) => shape.Length == 0 ? "scalar" : string.Join('×', shape);
}

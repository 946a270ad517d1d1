using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Weights;

/// <summary>What did not fit between a file and a network.</summary>
/// <param name="Missing">In the network, not in the file.</param>
/// <param name="Unexpected">In the file, not in the network.</param>
/// <param name="Mismatched">In both, of different shape; says both.</param>
/// <param name="HeadReplaced">The file's classifier has another number of classes and was left out.</param>
internal sealed record LoadReport(string[] Missing, string[] Unexpected, string[] Mismatched, bool HeadReplaced);

internal static class WeightsLoading
{
    /// <summary>Copies a file's tensors into a network. A classifier of another size is left as it is; everything before it must fit exactly.</summary>
    /// <exception cref="WeightsException"><c>weights_mismatch</c>: the backbone does not fit.</exception>
    public static LoadReport Load(GraphModule module, IReadOnlyDictionary<string, LoadedTensor> tensors)
    {
        var report = Compare(module.Graph, tensors);
        if (report.Missing.Length + report.Unexpected.Length + report.Mismatched.Length > 0) throw Mismatch(report);
        foreach (var p in module.Graph.Parameters)
            if (tensors.TryGetValue(p.Name, out var tensor) && !(report.HeadReplaced && module.Graph.IsHead(p)))
                module.Write(p.Name, tensor.Values);
        return report;
    }

    private static LoadReport Compare(Graph graph, IReadOnlyDictionary<string, LoadedTensor> tensors)
    {
        var known = graph.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var different = known.Values.Where(p => tensors.TryGetValue(p.Name, out var t) && !t.Shape.SequenceEqual(p.Shape)).ToArray();
        return new LoadReport(
            // Files from before PyTorch 0.4.1 lack the counters, and nothing depends on them.
            [.. known.Values.Where(p => p.Kind != ParameterKind.Counter && !graph.IsHead(p) && !tensors.ContainsKey(p.Name)).Select(p => p.Name)],
            [.. tensors.Keys.Where(name => !known.ContainsKey(name)).Order(StringComparer.Ordinal)],
            [.. different.Where(p => !graph.IsHead(p)).Select(p => $"{p.Name}: network {Shape(p.Shape)}, file {Shape(tensors[p.Name].Shape)}")],
            different.Any(graph.IsHead) || known.Values.Any(p => graph.IsHead(p) && !tensors.ContainsKey(p.Name)));
    }

    private static WeightsException Mismatch(LoadReport report)
    {
        var parts = new[] { ("missing", report.Missing), ("unexpected", report.Unexpected), ("of another shape", report.Mismatched) };
        var text = string.Join("; ", parts.Where(p => p.Item2.Length > 0).Select(p => $"{p.Item2.Length} {p.Item1} ({string.Join(", ", p.Item2.Take(3))}{(p.Item2.Length > 3 ? ", …" : "")})"));
        return new WeightsException("weights_mismatch", $"The weights file belongs to another network: {text}.", "Use the weights published for the architecture of the recipe.");
    }

    private static string Shape(long[] shape) => string.Join('×', shape);
}

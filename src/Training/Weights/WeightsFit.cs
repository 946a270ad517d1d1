using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Weights;

/// <summary>One tensor of a network, and the tensor in the file under its key.</summary>
/// <param name="Group">Layer group, from 0 at the input.</param>
/// <param name="File">Shape in the file; null if it is missing.</param>
internal sealed record FitEntry(ParameterSpec Parameter, int Group, bool IsHead, long[]? File)
{
    public bool Fits => File is not null && File.AsSpan().SequenceEqual(Parameter.Shape);
}

/// <summary>Compares the tensors of a file with a network.</summary>
/// <param name="Entries">Tensors of the network, in the order of execution.</param>
/// <param name="Unexpected">Keys of the file that the network does not have, in alphabetical order.</param>
internal sealed record WeightsFit(FitEntry[] Entries, string[] Unexpected)
{
    /// <summary>The relevant tensors: files from before PyTorch 0.4.1 lack the counters, and nothing depends on them; the classifier may
    /// differ.</summary>
    public IEnumerable<FitEntry> Body => Entries.Where(entry => !entry.IsHead && entry.Parameter.Kind != ParameterKind.Counter);

    /// <summary>The file has a classifier of exactly this size.</summary>
    public bool HeadFits => Entries.Where(entry => entry.IsHead).All(entry => entry.Fits);

    public static WeightsFit Of(Graph graph, IReadOnlyDictionary<string, LoadedTensor> tensors)
    {
        FitEntry[] entries =
        [
            .. graph.Nodes.SelectMany(node =>
                ParameterSpec.Of(node).Select(p => new FitEntry(p, node.Group, graph.IsHead(p), tensors.GetValueOrDefault(p.Name)?.Shape))
            ),
        ];
        var known = entries.Select(entry => entry.Parameter.Name).ToHashSet(StringComparer.Ordinal);
        return new WeightsFit(entries, [.. tensors.Keys.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal)]);
    }
}

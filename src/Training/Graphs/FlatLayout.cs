namespace GpuGeek.Training.Graphs;

/// <summary>A range of the flat vector whose parameters belong to one layer group and decay alike.</summary>
/// <param name="Group">Layer group, from 0 at the input.</param>
internal sealed record FlatRange(bool IsHead, bool Decays, long Offset, long Length, int Group = 0);

/// <summary>
/// Places all trainable parameters in one vector, with equal settings next to each other, so that the optimizer runs a few operations on
/// long vectors instead of a few for each of a hundred tensors.
/// </summary>
internal sealed class FlatLayout
{
    public FlatLayout(Graph graph)
    {
        var groups = graph.Nodes.SelectMany(n => ParameterSpec.Of(n), (n, p) => (p.Name, n.Group)).ToDictionary(StringComparer.Ordinal);
        long offset = 0;
        foreach (var isHead in new[] { false, true })
        foreach (var kind in new[] { ParameterKind.Weight, ParameterKind.Undecayed })
        {
            foreach (var p in graph.Parameters.Where(p => p.Kind == kind && graph.IsHead(p) == isHead))
            {
                Offsets[p.Name] = offset;
                Add(new FlatRange(isHead, kind == ParameterKind.Weight, offset, p.Count, groups[p.Name]));
                offset += p.Count;
            }
        }
        Length = offset;
    }

    public Dictionary<string, long> Offsets { get; } = new(StringComparer.Ordinal);
    public List<FlatRange> Ranges { get; } = [];
    public long Length { get; }

    private void Add(FlatRange range)
    {
        if (Ranges is [.., var last] && last with { Offset = range.Offset, Length = range.Length } == range)
            Ranges[^1] = last with { Length = last.Length + range.Length };
        else
            Ranges.Add(range);
    }

    /// <summary>Strides of a parameter's view: four-dimensional weights are stored channels-last (out, height, width, in), which is
    /// fastest for the CPU's convolutions.</summary>
    public static long[] Strides(long[] shape) =>
        shape switch
        {
            [_, var i, var h, var w] => [h * w * i, 1, w * i, i],
            [_, var i] => [i, 1],
            [_] => [1],
            _ => [.. shape.Select((_, d) => shape.Skip(d + 1).Aggregate(1L, (a, b) => a * b))],
        };
}

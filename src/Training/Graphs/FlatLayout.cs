namespace GpuGeek.Training.Graphs;

/// <summary>A stretch of the flat vector whose parameters are stepped alike.</summary>
internal sealed record FlatRange(bool IsHead, bool Decays, long Offset, long Length);

/// <summary>
/// All learnt parameters laid into one vector, those that are stepped alike side by side, so that the optimizer runs a handful of
/// operations
/// on long vectors instead of a handful for each of a hundred tensors.
/// </summary>
internal sealed class FlatLayout
{
    public FlatLayout(Graph graph)
    {
        long offset = 0;
        foreach (var isHead in new[] { false, true })
        foreach (var kind in new[] { ParameterKind.Weight, ParameterKind.Undecayed })
        {
            var start = offset;
            foreach (var p in graph.Parameters.Where(p => p.Kind == kind && graph.IsHead(p) == isHead))
            {
                Offsets[p.Name] = offset;
                offset += p.Count;
            }
            if (offset > start)
                Ranges.Add(new FlatRange(isHead, kind == ParameterKind.Weight, start, offset - start));
        }
        Length = offset;
    }

    public Dictionary<string, long> Offsets { get; } = new(StringComparer.Ordinal);
    public List<FlatRange> Ranges { get; } = [];
    public long Length { get; }

    /// <summary>Strides of a parameter's view: four-dimensional weights lie channels-last (out, height, width, in), which the CPU's
    /// convolutions like best.</summary>
    public static long[] Strides(long[] shape) =>
        shape switch
        {
            [_, var i, var h, var w] => [h * w * i, 1, w * i, i],
            [_, var i] => [i, 1],
            [_] => [1],
            _ => [.. shape.Select((_, d) => shape.Skip(d + 1).Aggregate(1L, (a, b) => a * b))],
        };
}

using GpuGeek.Recipes;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;

namespace GpuGeek.Training.Engine;

/// <summary>
/// Which layers learn in which epoch, and how fast. Layer groups nearer to the input may learn more slowly (discriminative rates,
/// layer-wise decay; Howard and Ruder 2018, arXiv:1801.06146; Clark et al. 2020, arXiv:2003.10555), start later (progressive unfreezing,
/// the first paper) or not at all.
/// </summary>
internal sealed class LayerPlan
{
    private readonly Graph _graph;
    private readonly TransferSettings _transfer;
    private readonly ModePlan? _fixed;
    private (int Epoch, ModePlan Plan)? _last;

    private LayerPlan(Graph graph, TransferSettings transfer, ModePlan? plan = null) =>
        (_graph, _transfer, _fixed) = (graph, transfer, plan);

    /// <summary>As the recipe says it.</summary>
    public static LayerPlan Of(Graph graph, TransferSettings transfer) => new(graph, transfer);

    /// <summary>One plan for all epochs, under which everything that learns has the classifier's rate.</summary>
    public static LayerPlan Fixed(Graph graph, ModePlan plan) => new(graph, new() { Pretrained = false, BackboneRate = 1 }, plan);

    /// <param name="epoch">From 0.</param>
    public ModePlan ModesIn(int epoch)
    {
        if (_fixed is not null)
            return _fixed;
        // Every step of an epoch asks for it.
        if (_last is not { } last || last.Epoch != epoch)
            _last = last = (epoch, ModePlan.Learning(_graph, node => Learns(node, epoch)));
        return last.Plan;
    }

    /// <summary>What the optimiser changes in an epoch: ranges without a gradient are left out, so that decay does not change them
    /// either.</summary>
    /// <param name="epoch">From 0.</param>
    public IReadOnlyList<LearningRange> RangesIn(int epoch, FlatLayout layout, int stepsPerEpoch)
    {
        var ranges = new List<LearningRange>();
        foreach (var range in layout.Ranges)
        {
            var begins = range.IsHead ? 0 : BeginsIn(range.Group);
            var share = range.IsHead ? 1 : _transfer.BackboneRate * Math.Pow(_transfer.LayerDecay, Distance(range.Group));
            if (begins is { } first && first <= epoch && share > 0)
                Add(ranges, new(range, share, (long)first * stepsPerEpoch));
        }
        return ranges;
    }

    // Neighbours with equal settings are one: a few operations on long vectors.
    private static void Add(List<LearningRange> ranges, LearningRange next)
    {
        if (
            ranges is [.., var last]
            && (last.Share, last.Begins, last.Range.Decays, last.Range.IsHead)
                == (next.Share, next.Begins, next.Range.Decays, next.Range.IsHead)
            && last.Range.Offset + last.Range.Length == next.Range.Offset
        )
            ranges[^1] = last with { Range = last.Range with { Length = last.Range.Length + next.Range.Length } };
        else
            ranges.Add(next);
    }

    private bool Learns(Node node, int epoch)
    {
        if (_transfer.FrozenNorms && node.Op is BatchNorm)
            return false;
        return node == _graph.Classifier || BeginsIn(node.Group) <= epoch;
    }

    /// <returns>The epoch in which a group of the backbone begins to learn; null: it never does.</returns>
    private int? BeginsIn(int group) => group < (_transfer.FrozenGroups ?? 0) ? null : Distance(group) * (_transfer.UnfreezeEpochs ?? 0);

    /// <summary>1 for the group before the classifier, and one more for each towards the input.</summary>
    private int Distance(int group) => Math.Max(1, _graph.Classifier.Group - group);
}

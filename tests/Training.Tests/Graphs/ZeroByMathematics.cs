using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Tests.Graphs;

/// <summary>
/// Finds the parameters whose gradient is zero for all pictures: a number added to a whole channel that only batch norms read, which
/// subtract it again. Directly, or through operations that keep it a number per channel: convolutions of one pixel without padding, sums,
/// and permutations of channels. And the keys' share of the biases of attention, which adds the same to all scores of a softmax.
/// </summary>
internal sealed class ZeroByMathematics(Graph graph)
{
    private readonly ILookup<int, Node> _users = graph
        .Nodes.SelectMany(n => n.Inputs.Select(i => (i, n)))
        .ToLookup(use => use.i, use => use.n);

    public IEnumerable<string> Biases =>
        graph.Nodes.Where(n => n.Op is BatchNorm or Conv { Bias: true } && IsTakenOff(n)).Select(n => n.Path + ".bias");

    /// <summary>Of their biases the middle third.</summary>
    public IEnumerable<(string Bias, int Width)> Keys =>
        graph
            .Nodes.Where(n => n.Op is Linear l && l.Out == 3 * l.In && _users[n.Id].Any(u => u.Op is Reshape))
            .Select(n => ($"{n.Path}{((Linear)n.Op).Joint}bias", ((Linear)n.Op).In));

    private bool IsTakenOff(Node node) =>
        node.Id != graph.Output
        && _users[node.Id]
            .All(user =>
                user.Op switch
                {
                    BatchNorm => true,
                    Conv { Kernel: 1, Padding: 0 } or Add or Concat or Slice or StochasticDepth or Dropout => IsTakenOff(user),
                    // The shuffle of channels.
                    Reshape or Transpose => user.Shape.TakeLast(2).SequenceEqual(node.Shape.TakeLast(2)) && IsTakenOff(user),
                    _ => false,
                }
            );
}

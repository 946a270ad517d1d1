using System.Globalization;
using System.Runtime.InteropServices;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Peers;

/// <summary>
/// Compares a graph with torchvision's answer. Distances are ‖Δ‖ / (‖peer‖ + 1e-6 · ‖all gradients of the peer‖): the second part lets
/// gradients alone that are zero by mathematics
/// (a bias in front of a batch norm), of which both sides only have rounding.
/// </summary>
internal static class Proof
{
    public const double Double = 1e-7;
    private const double Single = 1e-4;

    /// <returns>What differs too much, worst first; empty means equal.</returns>
    public static List<string> Differences(List<(string Name, double Distance, double Bound)> measured) =>
        [.. measured.Where(m => !(m.Distance <= m.Bound)).OrderByDescending(m => m.Distance).Select(Text)];

    /// <summary>The worst distance of each kind, for the record.</summary>
    public static string Summary(List<(string Name, double Distance, double Bound)> measured) =>
        string.Join(", ", measured.GroupBy(m => m.Name.Split(' ')[0]).Select(kind => Text(kind.MaxBy(m => m.Distance))));

    /// <summary>Whether a mistake is detected: in the logits of evaluation mode, else in any result.</summary>
    public static bool Sees(Graph mistaken, PeerAnswer peer)
    {
        if (!(OfLogits(mistaken, peer) <= Double))
            return true;
        return Differences(Measure(mistaken, peer)).Count > 0;
    }

    /// <summary>Distance of the logits in evaluation mode.</summary>
    public static double OfLogits(Graph graph, PeerAnswer peer)
    {
        using var scope = NewDisposeScope();
        using var module = new GraphModule(graph, CPU, ScalarType.Float64);
        Fill(module, peer);
        using (no_grad())
            return Distance(peer.Tensors["eval:logits"], module.Forward(Input(graph), ModePlan.Eval(graph)), 0);
    }

    public static List<(string Name, double Distance, double Bound)> Measure(Graph graph, PeerAnswer peer)
    {
        var found = new List<(string, double, double)>();
        using var scope = NewDisposeScope();
        using var module = new GraphModule(graph, CPU, ScalarType.Float64);
        Fill(module, peer);
        var input = Input(graph);
        found.Add(("float32:logits", InSingle(module, input, peer.Tensors["float32:logits"]), Math.Max(Single, 2 * OwnRounding(peer))));
        Compare(module, input, peer, "eval", ModePlan.Eval(graph), found);
        Compare(module, input, peer, "train", ModePlan.TrainWithoutChance(graph), found);
        foreach (var (name, after) in peer.Tensors.Where(t => t.Key.StartsWith("after:", StringComparison.Ordinal)))
            found.Add(("statistics " + name, Distance(after, module[name["after:".Length..]], 0), Double));
        return found;
    }

    private static Tensor Input(Graph graph)
    {
        long[] shape = [TorchvisionPeer.Batch, .. graph.Nodes[0].Shape];
        return tensor(GeneratedNumbers.Normal("input", shape.Aggregate((a, b) => a * b)), shape);
    }

    private static void Fill(GraphModule module, PeerAnswer peer)
    {
        using var frozen = no_grad();
        var gain = GeneratedNumbers.Gain(module.Graph);
        foreach (var p in module.Graph.Parameters.Where(p => p.IsLearnt || p.Kind == ParameterKind.Buffer))
        {
            using var scope = NewDisposeScope();
            if (!peer.Tensors.TryGetValue("start:" + p.Name, out var numbers))
                peer.Tensors["start:" + p.Name] = numbers = GeneratedNumbers.Parameter(p.Name, p.Shape, gain);
            module[p.Name].copy_(tensor(numbers, p.Shape));
        }
    }

    private static void Compare(
        GraphModule module,
        Tensor input,
        PeerAnswer peer,
        string mode,
        ModePlan plan,
        List<(string, double, double)> found
    )
    {
        using var scope = NewDisposeScope();
        module.FlatGradient.zero_();
        var logits = module.Forward(input, plan);
        found.Add(($"{mode}:logits", Distance(peer.Tensors[mode + ":logits"], logits, 0), Double));
        (logits * tensor(GeneratedNumbers.Normal("cotangent", logits.numel()), logits.shape)).sum().backward();
        var learnt = module.Graph.Parameters.Where(p => p.IsLearnt).ToArray();
        var all = Math.Sqrt(learnt.Sum(p => peer.Tensors[$"{mode}:grad:{p.Name}"].Sum(v => v * v)));
        double difference = 0;
        foreach (var p in learnt)
        {
            var (apart, norm) = Squares(peer.Tensors[$"{mode}:grad:{p.Name}"], module[p.Name].grad!);
            found.Add(($"{mode}:gradient {p.Name}", Math.Sqrt(apart) / (Math.Sqrt(norm) + 1e-6 * all), Double));
            difference += apart;
        }
        found.Add(($"{mode}:whole-gradient", Math.Sqrt(difference) / all, Double));
    }

    /// <summary>How far torchvision's logits in single precision are from its own in double: in the deepest networks rounding alone exceeds
    /// what is asked of the others.</summary>
    private static double OwnRounding(PeerAnswer peer) => Largest(peer.Tensors["eval:logits"], peer.Tensors["float32:logits"]);

    /// <returns>Largest difference as a share of the largest logit.</returns>
    private static double InSingle(GraphModule wide, Tensor input, double[] peer)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var module = new GraphModule(wide.Graph, CPU);
        foreach (var p in wide.Graph.Parameters.Where(p => p.Kind != ParameterKind.Index))
            module[p.Name].copy_(wide[p.Name]);
        return Largest(
            peer,
            module
                .Forward(input.to(ScalarType.Float32), ModePlan.Eval(wide.Graph))
                .to(ScalarType.Float64)
                .contiguous()
                .data<double>()
                .ToArray()
        );
    }

    private static double Largest(double[] peer, double[] other) =>
        peer.Zip(other).Max(pair => Math.Abs(pair.First - pair.Second)) / peer.Max(Math.Abs);

    private static double Distance(double[] peer, Tensor ours, double extra)
    {
        var (apart, norm) = Squares(peer, ours);
        return Math.Sqrt(apart) / (Math.Sqrt(norm) + extra);
    }

    /// <summary>Read in place: a copy of each gradient of VGG is a gigabyte.</summary>
    private static (double Apart, double Norm) Squares(double[] peer, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().contiguous();
        var ours = MemoryMarshal.Cast<byte, double>(flat.bytes);
        if (peer.Length != ours.Length)
            return (double.NaN, 1);
        double difference = 0,
            norm = 0;
        for (var i = 0; i < peer.Length; i++)
        {
            difference += (peer[i] - ours[i]) * (peer[i] - ours[i]);
            norm += peer[i] * peer[i];
        }
        GC.KeepAlive(flat);
        return (difference, norm);
    }

    private static string Text((string Name, double Distance, double Bound) m) =>
        string.Create(CultureInfo.InvariantCulture, $"{m.Name} {m.Distance:g2}");
}

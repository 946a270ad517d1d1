using GpuGeek.Domain.Common;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Weights;

/// <summary>Initialises parameters like torchvision: convolutions normal with deviation √(2 / fan-out) (He et al. 2015,
/// arXiv:1502.01852), norms 1 and 0, linear layers according to <see cref="LinearInit"/>.</summary>
internal static class Initialisation
{
    /// <summary>Overwrites every parameter and buffer.</summary>
    public static void All(GraphModule module, int seed)
    {
        foreach (var node in module.Graph.Nodes)
            One(module, node, seed);
    }

    public static void Classifier(GraphModule module, int seed) => One(module, module.Graph.Classifier, seed);

    private static void One(GraphModule module, Node node, int seed)
    {
        foreach (var p in ParameterSpec.Of(node).Where(p => p.Kind != ParameterKind.Index))
        {
            var values = new float[p.Count];
            var random = CounterRandom.Keyed(seed, node.Id, p.Kind == ParameterKind.Weight ? 0 : 1);
            Of(node.Op, p).Fill(values, ref random);
            module.Write(p.Name, values);
        }
    }

    internal static FreshNumbers Of(Op op, ParameterSpec p) =>
        op switch
        {
            Conv c => p.Kind == ParameterKind.Weight
                ? FreshNumbers.Normal(Math.Sqrt(2.0 / ((double)c.Out * c.Kernel * c.Kernel)))
                : FreshNumbers.Constant(0),
            Linear l => Of(l, isWeight: p.Kind == ParameterKind.Weight),
            AddParameter or ClassToken or RelativePositionBias => FreshNumbers.Normal(0.02),
            LayerScale => FreshNumbers.Constant(1e-6),
            LayerNorm => FreshNumbers.Constant(Ends(p, ".weight") ? 1 : 0),
            BatchNorm => FreshNumbers.Constant(Ends(p, ".weight") || Ends(p, ".running_var") ? 1 : 0),
            _ => throw op.NotKnownTo(nameof(Initialisation)),
        };

    private static FreshNumbers Of(Linear l, bool isWeight) =>
        (l.Init, isWeight) switch
        {
            (LinearInit.UniformFanIn, _) => FreshNumbers.Uniform(1 / Math.Sqrt(l.In)),
            (LinearInit.UniformFanOut, true) => FreshNumbers.Uniform(1 / Math.Sqrt(l.Out)),
            (LinearInit.SmallNormal, true) => FreshNumbers.Normal(0.01),
            (LinearInit.Normal02, true) => FreshNumbers.Normal(0.02),
            (LinearInit.UniformFanOut or LinearInit.SmallNormal or LinearInit.Normal02, false) => FreshNumbers.Constant(0),
            _ => throw l.NotKnownTo(nameof(Initialisation)),
        };

    private static bool Ends(ParameterSpec p, string name) => p.Name.EndsWith(name, StringComparison.Ordinal);
}

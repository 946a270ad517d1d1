using GpuGeek.Training.Common;
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
            Fill(values, node.Op, p, ref random);
            module.Write(p.Name, values);
        }
    }

    private static void Fill(float[] values, Op op, ParameterSpec p, ref CounterRandom random)
    {
        switch (op)
        {
            case Conv c when p.Kind == ParameterKind.Weight:
                Normal(values, Math.Sqrt(2.0 / ((double)c.Out * c.Kernel * c.Kernel)), ref random);
                break;
            case Linear { Init: LinearInit.SmallNormal } when p.Kind == ParameterKind.Weight:
                Normal(values, 0.01, ref random);
                break;
            case Linear { Init: LinearInit.Normal02 } when p.Kind == ParameterKind.Weight:
            case AddParameter or ClassToken or RelativePositionBias:
                Normal(values, 0.02, ref random);
                break;
            case LayerScale:
                Array.Fill(values, 1e-6f);
                break;
            case LayerNorm when p.Name.EndsWith(".weight", StringComparison.Ordinal):
                Array.Fill(values, 1f);
                break;
            case Linear { Init: LinearInit.UniformFanOut } f when p.Kind == ParameterKind.Weight:
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)random.Uniform(-1 / Math.Sqrt(f.Out), 1 / Math.Sqrt(f.Out));
                break;
            case Linear { Init: LinearInit.UniformFanIn } l:
                var bound = 1 / Math.Sqrt(l.In);
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)random.Uniform(-bound, bound);
                break;
            case BatchNorm
                when p.Name.EndsWith(".weight", StringComparison.Ordinal) || p.Name.EndsWith(".running_var", StringComparison.Ordinal):
                Array.Fill(values, 1f);
                break;
        }
    }

    private static void Normal(float[] values, double deviation, ref CounterRandom random)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(random.NextNormal() * deviation);
    }
}

using GpuGeek.Training.Export;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

/// <summary>The list of all that has to know every operation. A new operation needs an arm in each of them and a row in
/// <see cref="SampleOperations"/>; a new back end needs a row here.</summary>
internal static class BackEnds
{
    private const int Batch = 2;

    /// <summary>Each asks one back end about an operation and throws if it does not know it.</summary>
    public static readonly Dictionary<string, Action<SampleOperation>> All = new(StringComparer.Ordinal)
    {
        [nameof(Shapes)] = s => Shapes.Of(s.Op, s.InputShapes, s.Node.Path),
        [nameof(ParameterSpec)] = s => Assert.NotNull(ParameterSpec.Of(s.Node).ToArray()),
        [nameof(OpCost)] = s => Assert.InRange(OpCost.Of(s.Op, s.InputShapes.FirstOrDefault([]), s.Node.Shape), 0, long.MaxValue),
        [nameof(OpMemory)] = s => OpMemory.Of(s.Op),
        [nameof(OpServing)] = s => OpServing.Of(s.Op),
        [nameof(Initialisation)] = s => Assert.All(s.Parameters, p => Initialisation.Of(s.Op, p)),
        [nameof(TorchOps)] = Execute,
        [nameof(OnnxOps)] = s => Assert.All(s.Folded, f => Assert.NotEmpty(OnnxOps.Of(f.Node, f.Inputs, "y"))),
    };

    private static void Execute(SampleOperation sample)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor[] inputs = [.. sample.InputShapes.Select(shape => ones([Batch, .. shape]))];
        var graph = sample.Module.Graph;
        foreach (var plan in new[] { ModePlan.Train(graph), ModePlan.Eval(graph), ModePlan.Learning(graph, _ => false) })
        {
            var value = TorchOps.Run(sample.Node, i => inputs[i], ones([Batch, .. sample.Node.Shape]), sample.Module, plan, Chance.Any);
            Assert.Equal([Batch, .. sample.Node.Shape], value.shape);
        }
    }
}

using GpuGeek.Training.Engine;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;

namespace GpuGeek.Training.Tests.Support;

internal static class Rates
{
    /// <param name="backbone">Its rate as a share of the classifier's.</param>
    public static StepRates Of(GraphModule module, double rate, double backbone = 1) =>
        new(rate, LayerPlan.Of(module.Graph, new() { Pretrained = false, BackboneRate = backbone }).RangesIn(0, module.Layout, 1));
}

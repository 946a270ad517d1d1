using GpuGeek.Training.Examples;
using static TorchSharp.torch;

namespace GpuGeek.Training.Objectives;

/// <summary>What a training makes small.</summary>
internal interface IObjective : IDisposable
{
    /// <param name="logits">N × classes, with a gradient.</param>
    /// <returns>The batch's mean: a scalar with a gradient.</returns>
    Tensor Loss(Tensor logits, BatchTensors batch);

    /// <summary>What the mean of these examples counts beside that of others: their number, or the sum of their classes' weights.</summary>
    double WeightOf(Batch batch);
}

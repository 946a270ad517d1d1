using GpuGeek.Training.Examples;
using static TorchSharp.torch;

namespace GpuGeek.Training.Objectives;

/// <summary>Cross entropy with label smoothing (Szegedy et al. 2015, arXiv:1512.00567).</summary>
/// <param name="labelSmoothing">Share of the target that is spread over all classes, 0..1.</param>
/// <param name="classWeights">Null: all are 1. The mean is weighted too, as PyTorch's.</param>
internal sealed class CrossEntropy(double labelSmoothing, ClassWeights? classWeights = null) : IObjective
{
    public Tensor Loss(Tensor logits, BatchTensors batch) =>
        nn.functional.cross_entropy(logits, batch.Labels, weight: classWeights?.Tensor, label_smoothing: labelSmoothing);

    public double WeightOf(IReadOnlyList<long> labels) => classWeights?.Sum(labels) ?? labels.Count;

    public void Dispose() => classWeights?.Dispose();
}

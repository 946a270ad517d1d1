using GpuGeek.Training.Examples;
using static TorchSharp.torch;

namespace GpuGeek.Training.Objectives;

/// <summary>Cross entropy with label smoothing (Szegedy et al. 2015, arXiv:1512.00567).</summary>
/// <param name="labelSmoothing">Share of the target that is spread over all classes, 0..1.</param>
internal sealed class CrossEntropy(double labelSmoothing) : IObjective
{
    public Tensor Loss(Tensor logits, BatchTensors batch) =>
        nn.functional.cross_entropy(logits, batch.Labels, label_smoothing: labelSmoothing);
}

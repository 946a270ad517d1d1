using GpuGeek.Training.Examples;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Objectives;

/// <summary>Focal loss (Lin et al. 2017, arXiv:1708.02002) over a softmax: a picture that is already recognised counts less.</summary>
/// <param name="focus">The paper's gamma; 0 is cross entropy.</param>
/// <param name="labelSmoothing">Share of the target that is spread over all classes, 0..1.</param>
/// <param name="classWeights">Null: all are 1. The mean is weighted too.</param>
internal sealed class Focal(double focus, double labelSmoothing, ClassWeights? classWeights = null) : IObjective
{
    public Tensor Loss(Tensor logits, BatchTensors batch)
    {
        var classes = logits.shape[1];
        var likelihood = logits.log_softmax(1);
        using Scalar hit = 1 - labelSmoothing,
            spread = labelSmoothing / classes,
            focused = focus,
            least = 1e-12;
        var target = nn.functional.one_hot(batch.Labels, classes).to(likelihood.dtype).mul(hit).add(spread);
        // The slope of a power below 1 has no bound at 0, which a picture reaches that is recognised with certainty.
        var each = likelihood.exp().neg().add(1).clamp_min(least).pow(focused).mul(likelihood).mul(target).neg();
        if (classWeights is null)
            return each.sum(1).mean();
        return each.mul(classWeights.Tensor).sum() / classWeights.Tensor.index_select(0, batch.Labels).sum();
    }

    public double WeightOf(IReadOnlyList<long> labels) => classWeights?.Sum(labels) ?? labels.Count;

    public void Dispose() => classWeights?.Dispose();
}

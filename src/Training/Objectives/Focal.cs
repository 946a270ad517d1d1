using GpuGeek.Training.Common;
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
        var likelihood = logits.log_softmax(1);
        using Scalar focused = focus,
            least = 1e-12;
        // The slope of a power below 1 has no bound at 0, which a picture reaches that is recognised with certainty.
        var each = likelihood.exp().Complement().clamp_min(least).pow(focused).mul(likelihood).neg();
        return SoftTargets.Mean(each, batch.Targets(logits.shape[1], likelihood.dtype), labelSmoothing, classWeights);
    }

    public double WeightOf(Batch batch) => classWeights?.Sum(batch) ?? batch.Labels.Length;

    public void Dispose() => classWeights?.Dispose();
}

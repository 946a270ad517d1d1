using GpuGeek.Training.Examples;
using static TorchSharp.torch;

namespace GpuGeek.Training.Objectives;

/// <summary>Cross entropy with label smoothing (Szegedy et al. 2015, arXiv:1512.00567).</summary>
/// <param name="labelSmoothing">Share of the target that is spread over all classes, 0..1.</param>
/// <param name="classWeights">Null: all are 1. The mean is weighted too, as PyTorch's.</param>
internal sealed class CrossEntropy(double labelSmoothing, ClassWeights? classWeights = null) : IObjective
{
    public Tensor Loss(Tensor logits, BatchTensors batch) =>
        batch.Mixed is null
            ? nn.functional.cross_entropy(logits, batch.Labels, weight: classWeights?.Tensor, label_smoothing: labelSmoothing)
            : SoftLoss(logits, batch);

    public double WeightOf(Batch batch) => classWeights?.Sum(batch) ?? batch.Labels.Length;

    // PyTorch's own with soft targets divides by the number of examples, also where classes have weights; with one label it does not.
    private Tensor SoftLoss(Tensor logits, BatchTensors batch)
    {
        var likelihood = logits.log_softmax(1);
        var targets = batch.Targets(logits.shape[1], likelihood.dtype);
        return SoftTargets.Mean(likelihood.neg(), targets, labelSmoothing, classWeights);
    }

    public void Dispose() => classWeights?.Dispose();
}

using GpuGeek.Training.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Objectives;

/// <summary>The mean loss of examples that may belong to several classes.</summary>
internal static class SoftTargets
{
    /// <param name="each">N × classes: the loss if the class were the only one.</param>
    /// <param name="targets">N × classes; each row has the sum 1.</param>
    /// <param name="labelSmoothing">Share of the target that is spread over all classes, 0..1.</param>
    /// <param name="classWeights">Null: all are 1. The mean is weighted by the targets before smoothing, as PyTorch's is by the
    /// labels.</param>
    public static Tensor Mean(Tensor each, Tensor targets, double labelSmoothing, ClassWeights? classWeights)
    {
        using Scalar hit = 1 - labelSmoothing,
            spread = labelSmoothing / each.shape[1];
        var losses = targets.mul(hit).Plus(spread).mul(each);
        if (classWeights is null)
            return losses.sum(1).mean();
        return losses.mul(classWeights.Tensor).sum() / targets.mul(classWeights.Tensor).sum();
    }
}

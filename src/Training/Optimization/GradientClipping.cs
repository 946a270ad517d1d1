using GpuGeek.Training.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <summary>Clipping by the global norm (Pascanu et al. 2013, arXiv:1211.5063), as <c>torch.nn.utils.clip_grad_norm_</c> does it.</summary>
internal static class GradientClipping
{
    private const double Epsilon = 1e-6;

    /// <summary>Scales a flat gradient in place so that its Euclidean norm is at most <paramref name="maxNorm"/>; a smaller one keeps its
    /// bits. Nothing is read back from the device.</summary>
    public static void Apply(Tensor gradient, double maxNorm)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using Scalar small = Epsilon,
            most = 1,
            norm = maxNorm;
        gradient.mul_(gradient.norm().Plus(small).reciprocal_().mul_(norm).clamp_max(most));
    }
}

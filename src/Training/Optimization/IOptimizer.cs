using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <summary>A part of the parameters that learns.</summary>
/// <param name="Share">Its rate as a share of the classifier's.</param>
/// <param name="Begins">Steps that were done when it began to learn: running means start then.</param>
internal sealed record LearningRange(FlatRange Range, double Share, long Begins);

/// <param name="HeadRate">Rate of the classifier at this step.</param>
/// <param name="Ranges">What changes, also by decay.</param>
internal readonly record struct StepRates(double HeadRate, IReadOnlyList<LearningRange> Ranges);

/// <summary>Changes the parameters of a network by their gradients. A checkpoint keeps what it remembers.</summary>
internal interface IOptimizer : ITrainingState, IDisposable
{
    void ZeroGradients();

    /// <summary>What a step changes beside the parameters.</summary>
    IEnumerable<Tensor> Memories { get; }

    /// <param name="step">From 1: the number of steps that are done with this one.</param>
    void Step(long step, StepRates rates);
}

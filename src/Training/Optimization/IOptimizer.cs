using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Optimization;

/// <param name="HeadRate">Rate of the classifier at this step.</param>
/// <param name="BackboneFactor">The backbone's rate as a share of it; 0 leaves the backbone untouched, also by decay.</param>
internal readonly record struct StepRates(double HeadRate, double BackboneFactor);

/// <summary>Changes the parameters of a network by their gradients. A checkpoint keeps what it remembers.</summary>
internal interface IOptimizer : ITrainingState, IDisposable
{
    void ZeroGradients();

    /// <param name="step">From 1: the number of steps that are done with this one.</param>
    void Step(long step, StepRates rates);
}

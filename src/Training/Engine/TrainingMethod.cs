using GpuGeek.Training.Averaging;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Stopping;

namespace GpuGeek.Training.Engine;

/// <summary>How a network learns: what the loop puts together. <see cref="MethodBuilder"/> makes it from the recipe.</summary>
internal sealed record TrainingMethod : IDisposable
{
    /// <summary>What learns how fast, and what stays as it is.</summary>
    public required LayerPlan Layers { get; init; }
    public required IObjective Objective { get; init; }
    public required IOptimizer Optimizer { get; init; }

    /// <summary>Rate of the classifier.</summary>
    public required ISchedule Schedule { get; init; }

    /// <summary>Largest Euclidean norm of the gradient; null: any.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Most examples that go through the network at once; the gradients of a batch's parts are added up.</summary>
    public int MicroBatch { get; init; } = int.MaxValue;

    /// <summary>Null: the loss is not scaled.</summary>
    public LossScaler? Scaler { get; init; }
    public required IAveraging Averaging { get; init; }
    public required IStopping Stopping { get; init; }

    /// <summary>The parts above that remember something from step to step: a checkpoint keeps it.</summary>
    public required IReadOnlyList<ITrainingState> States { get; init; }
    public required int Seed { get; init; }
    public required int StepsPerEpoch { get; init; }

    /// <summary>At most; stopping may end the training earlier.</summary>
    public required long TotalSteps { get; init; }

    public void Dispose()
    {
        Objective.Dispose();
        Optimizer.Dispose();
        Scaler?.Dispose();
        (Averaging as IDisposable)?.Dispose();
    }
}

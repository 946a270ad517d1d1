using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Stopping;

/// <summary>After a number of epochs.</summary>
internal sealed class EpochBudget(int epochs) : IStopping
{
    public bool IsOver(TrainingProgress progress) => progress.Epochs >= epochs;
}

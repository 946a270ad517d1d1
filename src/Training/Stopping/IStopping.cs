using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Stopping;

/// <summary>When a training is over. It is asked before each epoch.</summary>
internal interface IStopping
{
    bool IsOver(TrainingProgress progress);
}

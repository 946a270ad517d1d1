using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Stopping;

/// <summary>After a number of epochs, or when so many epochs have passed without a better one on the validation split (Prechelt
/// 1998).</summary>
internal sealed class NoImprovement(int epochs, int patience) : IStopping
{
    public bool IsOver(TrainingProgress progress)
    {
        if (progress.Epochs >= epochs)
            return true;
        if (progress.Epochs == 0 || progress.Epochs - progress.BestEpoch < patience)
            return false;
        Console.WriteLine(
            $"Stopped after epoch {progress.Epochs}: no epoch since {progress.BestEpoch} was better on the validation split."
        );
        return true;
    }
}

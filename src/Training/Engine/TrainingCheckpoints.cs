using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Engine;

/// <summary>The checkpoints of one training: all of its parts and its progress, or nothing.</summary>
internal sealed class TrainingCheckpoints(
    TrainerOptions options,
    IReadOnlyList<ITrainingState> parts,
    CheckpointStore store,
    DiskRoom room,
    EventLog events
)
{
    private bool _withoutRoom;

    /// <summary>Name of the last one that was written or resumed; null: none.</summary>
    public string? Newest { get; private set; }

    /// <summary>Loads the newest one into the parts.</summary>
    /// <returns>Null: there is none, and no part has changed.</returns>
    public TrainingProgress? Resume(long totalSteps)
    {
        if (store.LoadNewest(options.Fingerprint, [.. parts.Select(part => part.Name)]) is not { Progress: var progress } checkpoint)
            return null;
        if (progress.Threads != options.Threads)
            Console.WriteLine(
                $"Resuming with {options.Threads} threads what ran with {progress.Threads}: the result may differ in the last bits."
            );
        Console.WriteLine($"Resuming at step {progress.Step} of {totalSteps}.");
        Newest = CheckpointStore.NameOf(progress);
        foreach (var part in parts)
            part.Load(checkpoint.Parts[part.Name]);
        return progress with { Threads = options.Threads };
    }

    public void Save(TrainingProgress progress, double epoch)
    {
        if (room.TryWrite(parts.Sum(part => part.Bytes), Write))
            _withoutRoom = false;
        else if (!_withoutRoom)
        {
            Console.WriteLine("Warning: the disk is full, so no checkpoint is written. The training goes on without.");
            _withoutRoom = true;
        }

        void Write()
        {
            var (name, files) = store.Save(parts, progress);
            events.Checkpoint(name, progress.Step, epoch, files);
            Newest = name;
        }
    }
}

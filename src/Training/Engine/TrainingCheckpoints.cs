using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Engine;

/// <summary>
/// The checkpoints of one training: all of its parts and its progress, or nothing. The training waits for a copy in memory; a thread of its
/// own writes the copy. A checkpoint is announced when it is durable, not before. Called by the training's thread.
/// </summary>
internal sealed class TrainingCheckpoints(
    TrainerOptions options,
    IReadOnlyList<ITrainingState> parts,
    CheckpointStore store,
    DiskRoom room,
    EventLog events,
    TimeProvider clock
) : IDisposable
{
    private readonly SnapshotMemory _memory = new();
    private Task _writing = Task.CompletedTask;
    private long _lastAt = clock.GetTimestamp();

    // Set by the thread that writes, read when it has ended.
    private TimeSpan _cost;
    private bool _withoutRoom;
    private string? _newest;

    public bool IsDue => IsTime(options.Pace.InsideAnEpoch);
    public bool IsDueAfterAnEpoch => IsTime(options.Pace.AfterAnEpoch);

    /// <summary>Loads the newest one into the parts.</summary>
    /// <returns>Null: there is none, and no part has changed.</returns>
    public TrainingProgress? Resume(long totalSteps)
    {
        if (store.LoadNewest(options.Fingerprint, [.. parts.Select(part => part.Name)]) is not { Progress: var progress } checkpoint)
            return null;
        if (progress.Environment is { } before && before != options.Environment)
            Console.WriteLine(
                $"Not bitwise: this training ran on {before} and goes on with {options.Environment}: the last bits may differ."
            );
        Console.WriteLine($"Resuming at step {progress.Step} of {totalSteps}.");
        _newest = CheckpointStore.NameOf(progress);
        foreach (var part in parts)
            part.Load(checkpoint.Parts[part.Name]);
        return progress.MovedTo(options.Environment);
    }

    /// <summary>Copies the parts and begins to write the copy, after the one before it has been written.</summary>
    /// <exception cref="IOException">The one before it could not be written.</exception>
    public void Begin(TrainingProgress progress, double epoch)
    {
        Finish();
        _lastAt = clock.GetTimestamp();
        var snapshot = _memory.Take(parts, progress);
        var bytes = parts.Sum(part => part.Bytes);
        var began = _lastAt;
        _writing = Task.Factory.StartNew(
            () =>
            {
                Write(snapshot, epoch, bytes);
                _cost = clock.GetElapsedTime(began);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>Waits for the one that is being written.</summary>
    /// <returns>Name of the last one that is durable or was resumed; null: none.</returns>
    public string? Newest()
    {
        Task.WaitAny(_writing);
        return _newest;
    }

    /// <summary>Waits until the last one is durable.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Finish() => _writing.GetAwaiter().GetResult();

    /// <summary>Waits for the last one, and does not hide why the training ends.</summary>
    public void Dispose()
    {
        Task.WaitAny(_writing);
        if (_writing.Exception is { } failure)
            Console.WriteLine($"Warning: the last checkpoint was not written: {failure.GetBaseException().Message}");
    }

    private bool IsTime(Func<TimeSpan, TimeSpan> interval)
    {
        if (!_writing.IsCompleted)
            return false;
        Finish();
        return clock.GetElapsedTime(_lastAt) >= interval(_cost);
    }

    private void Write(Snapshot snapshot, double epoch, long bytes)
    {
        if (room.TryWrite(bytes, Save))
            _withoutRoom = false;
        else if (!_withoutRoom)
        {
            Console.WriteLine("Warning: the disk is full, so no checkpoint is written. The training goes on without.");
            _withoutRoom = true;
        }

        void Save()
        {
            var (name, files) = store.Save(snapshot);
            events.Checkpoint(name, snapshot.Progress.Step, epoch, files);
            _newest = name;
        }
    }
}

using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Devices;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Runs;

public enum RunState
{
    Queued,
    Starting,
    Running,
    Pausing,
    Paused,
    Canceling,
    Canceled,
    Succeeded,
    Failed,
}

/// <summary>
/// One training. The row is the source of truth and its own outbox: a sweep finds a queued row even if every notification was lost. <see
/// cref="RunLease"/> names the worker; the run's state is changed only here.
/// </summary>
public sealed class Run : Restartable, ITenantOwned, IDeletable
{
    /// <summary>Limit of deaths of the training process without a new checkpoint in between, after which the run fails.</summary>
    public const int MaxDeaths = 5;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }

    /// <summary>The dataset version it trains on. It may have been deleted; the run stays.</summary>
    public required Guid DatasetVersionId { get; init; }

    /// <summary>The dataset's name when the run was created.</summary>
    public required string DatasetName { get; init; }
    public required int DatasetVersionNumber { get; init; }
    public required string Name { get; set; }

    /// <summary>Changes only by <see cref="Resolve"/>.</summary>
    public required Recipe Recipe { get; set; }

    /// <summary>SHA-256 in hex of the weights of <see cref="TransferSettings.Start"/>: they are kept as long as the run.</summary>
    public string? StartHash { get; init; }

    /// <summary>Class of device that it asks for (<see cref="DeviceClass"/>); null: any.</summary>
    public string? Device { get; init; }
    public RunState State { get; private set; } = RunState.Queued;

    /// <summary>Number of starts.</summary>
    public int Attempt { get; private set; }

    /// <summary>Higher values run first.</summary>
    public int Priority { get; set; }

    /// <summary>Current phase of the training process, from the protocol.</summary>
    public string? Phase { get; set; }

    /// <summary>0..1.</summary>
    public double Progress { get; set; }
    public double? EtaSeconds { get; set; }

    /// <summary>Best so far by validation accuracy.</summary>
    public int? BestEpoch { get; set; }
    public double? BestValAccuracy { get; set; }

    /// <summary>The last sequence number given to a metric point, log line or state change of this run.</summary>
    public long LastSeq { get; set; }

    /// <summary>Newest durable checkpoint: its folder under the attempt's object keys, or null.</summary>
    public string? CheckpointKey { get; private set; }
    public long? CheckpointStep { get; private set; }
    public Failure? Error { get; private set; }
    public RunResult? Result { get; private set; }
    public Guid? ModelVersionId { get; private set; }
    public Guid? CreatedBy { get; init; }

    /// <summary>The trace of the request that created it.</summary>
    public string? TraceParent { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public Guid? DeletionId { get; private set; }
    public DateTimeOffset? StartedAt { get; private set; }
    public DateTimeOffset? FinishedAt { get; private set; }

    public bool IsFinished => State is RunState.Canceled or RunState.Succeeded or RunState.Failed;

    /// <summary>A worker has claimed it.</summary>
    public void Start(DateTimeOffset now)
    {
        Require(RunState.Queued, RunState.Starting, RunState.Running, RunState.Canceling);
        if (State != RunState.Canceling)
            State = RunState.Starting;
        Attempt++;
        StartedAt ??= now;
    }

    /// <summary>The training process has sent its first event.</summary>
    public void MarkRunning()
    {
        if (State == RunState.Starting)
            State = RunState.Running;
    }

    /// <summary>Cancels the run. A queued run is cancelled immediately; a running one is stopped by its worker.</summary>
    public void RequestCancel(DateTimeOffset now)
    {
        if (IsFinished)
            throw new DomainException("run_finished", $"The run has already {State.ToString().ToLowerInvariant()}.");
        if (State is RunState.Queued or RunState.Paused)
            Finish(RunState.Canceled, now);
        else
            State = RunState.Canceling;
    }

    /// <summary>The worker handed it back: it resumes from its checkpoint on another worker, before runs that never started.</summary>
    public void Requeue()
    {
        Require(RunState.Starting, RunState.Running);
        State = RunState.Queued;
        Phase = null;
        EtaSeconds = null;
    }

    /// <summary>Settings that the recipe left to a measurement have values from now on, also in a training that is started again with this
    /// recipe.</summary>
    /// <exception cref="RecipeException">There is no such setting, or it cannot have this value.</exception>
    public void Resolve(IReadOnlyDictionary<string, string> settings)
    {
        var resolved = new PartialRecipe();
        foreach (var (setting, value) in settings)
            resolved.Set($"{setting}={value}");
        Recipe = RecipeDocument.Apply(Recipe, resolved);
    }

    /// <summary>A checkpoint is complete in the store. A new one is progress; one that a restarted training process writes again is
    /// not.</summary>
    public void KeepCheckpoint(string key, long step)
    {
        if (CheckpointStep is not { } last || step > last || (step == last && NameOf(key) != NameOf(CheckpointKey)))
            Clear();
        CheckpointKey = key;
        CheckpointStep = step;
    }

    /// <summary>The training process died: the run resumes from its last checkpoint, or fails after too many deaths without a new one and
    /// keeps that checkpoint.</summary>
    public void TrainerDied(DateTimeOffset now)
    {
        if (CountDeath(MaxDeaths))
            FailResumable(TooManyDeaths, now);
        else
            Requeue();
    }

    /// <summary>The worker died or failed. That says little about the run, so the limit is far higher than that for deaths of the
    /// training process.</summary>
    public void WorkerBrokeOff(DateTimeOffset now)
    {
        if (CountLapse())
            FailResumable(TooManyLapses, now);
        else
            Requeue();
    }

    /// <summary>Resumes a run that failed because of too many deaths, from its last checkpoint.</summary>
    /// <exception cref="DomainException"><c>run_not_resumable</c></exception>
    public void Resume(DateTimeOffset now)
    {
        if (State != RunState.Failed || !MayRetry(now))
            throw new DomainException("run_not_resumable", "The run cannot be resumed.", ResumeHint);
        Clear();
        State = RunState.Queued;
        Error = null;
        FinishedAt = null;
    }

    /// <summary>The kept checkpoint of a failed run has expired.</summary>
    public void ForgetCheckpoint()
    {
        CheckpointKey = null;
        Forget();
    }

    public void Succeed(RunResult result, Guid modelVersionId, DateTimeOffset now)
    {
        Result = result;
        ModelVersionId = modelVersionId;
        Progress = 1;
        CheckpointKey = null;
        Finish(RunState.Succeeded, now);
    }

    /// <summary>A retry would not help: no checkpoint is kept.</summary>
    public void Fail(Failure failure, DateTimeOffset now)
    {
        Error = failure;
        CheckpointKey = null;
        Finish(RunState.Failed, now);
    }

    public void Cancel(DateTimeOffset now)
    {
        CheckpointKey = null;
        Finish(RunState.Canceled, now);
    }

    private void FailResumable(Failure failure, DateTimeOffset now)
    {
        Error = failure;
        Keep(now);
        Finish(RunState.Failed, now);
    }

    private static string? NameOf(string? key) => key?[(key.LastIndexOf('/') + 1)..];

    private const string ResumeHint =
        "Only a run that failed because its process died too often can be resumed, and only for 7 days. Start another run with the "
        + "same recipe.";

    private static Failure TooManyDeaths =>
        new(
            "too_many_attempts",
            "The training process died repeatedly",
            $"The process died {MaxDeaths} times without a new checkpoint in between. See the log for the reasons.",
            "The last checkpoint is kept for 7 days: resume the run from it. If it ran out of memory, start another run with a smaller "
                + "batch or picture size; otherwise report the log."
        );

    private static Failure TooManyLapses =>
        new(
            "worker_failed",
            "The worker failed repeatedly",
            $"The worker died or lost the run {MaxLapses} times without a new checkpoint in between. The training itself did not fail.",
            "The last checkpoint is kept for 7 days: resume the run when the worker works again. The operator finds the reason in the "
                + "worker's log."
        );

    private void Finish(RunState state, DateTimeOffset now)
    {
        if (IsFinished)
            throw new DomainException("run_finished", $"The run has already {State.ToString().ToLowerInvariant()}.");
        State = state;
        FinishedAt = now;
        EtaSeconds = null;
        Phase = null;
    }

    private void Require(params RunState[] states)
    {
        if (!states.Contains(State))
            throw new DomainException("run_state", $"A run in state {State.ToString().ToLowerInvariant()} does not allow this.");
    }
}

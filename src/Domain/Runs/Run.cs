using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deletions;

namespace GpuGeek.Domain.Runs;

public enum RunState { Queued, Starting, Running, Pausing, Paused, Canceling, Canceled, Succeeded, Failed }

/// <summary>
/// One training. The row is the truth and its own outbox: a queued row is found by a sweep even when every hint was lost.
/// Who works on it is said by <see cref="RunLease"/>; its state is changed only here.
/// </summary>
public sealed class Run : ITenantOwned, IDeletable
{
    public const int MaxAttempts = 5;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }
    /// <summary>The version it learns from. It may be gone: a dataset can be deleted, and what was learned from it stays.</summary>
    public required Guid DatasetVersionId { get; init; }
    /// <summary>The dataset's name when the run was made.</summary>
    public required string DatasetName { get; init; }
    public required int DatasetVersionNumber { get; init; }
    public required string Name { get; set; }
    public required Recipe Recipe { get; init; }
    /// <summary>SHA-256 in hex of the weights of <see cref="Recipe.Start"/>: while the run is kept, so are they.</summary>
    public string? StartHash { get; init; }
    public RunState State { get; private set; } = RunState.Queued;
    /// <summary>Times it was started.</summary>
    public int Attempt { get; private set; }
    /// <summary>Higher goes first.</summary>
    public int Priority { get; set; }
    /// <summary>What the trainer is doing: the protocol's phase.</summary>
    public string? Phase { get; set; }
    /// <summary>0..1.</summary>
    public double Progress { get; set; }
    public double? EtaSeconds { get; set; }
    /// <summary>Best so far by validation accuracy.</summary>
    public int? BestEpoch { get; set; }
    public double? BestValAccuracy { get; set; }
    /// <summary>The last sequence given to a metric point, log line or state change of this run.</summary>
    public long LastSeq { get; set; }
    /// <summary>Newest durable checkpoint: its folder under the attempt's object keys, or null.</summary>
    public string? CheckpointKey { get; set; }
    public long? CheckpointStep { get; set; }
    public Failure? Error { get; private set; }
    public RunResult? Result { get; private set; }
    public Guid? ModelVersionId { get; private set; }
    public Guid? CreatedBy { get; init; }
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
        if (State != RunState.Canceling) State = RunState.Starting;
        Attempt++;
        StartedAt ??= now;
    }

    /// <summary>The trainer has said its first word.</summary>
    public void MarkRunning()
    {
        if (State == RunState.Starting) State = RunState.Running;
    }

    /// <summary>Asked to stop. Queued: canceled at once; else its worker ends it.</summary>
    public void RequestCancel(DateTimeOffset now)
    {
        if (IsFinished) throw new DomainException("run_finished", $"The run has already {State.ToString().ToLowerInvariant()}.");
        if (State is RunState.Queued or RunState.Paused) Finish(RunState.Canceled, now);
        else State = RunState.Canceling;
    }

    /// <summary>The worker gave it back: it resumes from its checkpoint elsewhere, before runs that never started.</summary>
    public void Requeue()
    {
        Require(RunState.Starting, RunState.Running);
        State = RunState.Queued;
        Phase = null;
        EtaSeconds = null;
    }

    public void Succeed(RunResult result, Guid modelVersionId, DateTimeOffset now)
    {
        Result = result;
        ModelVersionId = modelVersionId;
        Progress = 1;
        Finish(RunState.Succeeded, now);
    }

    public void Fail(Failure failure, DateTimeOffset now)
    {
        Error = failure;
        Finish(RunState.Failed, now);
    }

    public void Cancel(DateTimeOffset now) => Finish(RunState.Canceled, now);

    private void Finish(RunState state, DateTimeOffset now)
    {
        if (IsFinished) throw new DomainException("run_finished", $"The run has already {State.ToString().ToLowerInvariant()}.");
        State = state;
        FinishedAt = now;
        EtaSeconds = null;
        Phase = null;
    }

    private void Require(params RunState[] states)
    {
        if (!states.Contains(State)) throw new DomainException("run_state", $"A run in state {State.ToString().ToLowerInvariant()} cannot do this.");
    }
}

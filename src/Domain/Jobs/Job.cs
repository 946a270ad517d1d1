using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Weights;

namespace GpuGeek.Domain.Jobs;

public enum JobState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Canceled,
}

/// <summary>
/// A piece of light work of one organisation: it takes seconds or minutes and never waits behind a training. If it works on a row of its
/// own (an import, an uploaded weights file), it has the id of that row. Every write of the worker locks the job's row and checks the
/// fence, so a stale owner cannot write.
/// </summary>
public sealed class Job : Restartable, ITenantOwned
{
    /// <summary>How long a job is owned without a renewal.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>How often the owner renews the lease, and sees a requested cancellation.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(1);

    /// <summary>An ended job without a row of its own is deleted after this.</summary>
    public static readonly TimeSpan EndedKept = TimeSpan.FromDays(30);

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }

    /// <summary>One of <see cref="JobKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it works on, as people see it: a file name.</summary>
    public required string Name { get; init; }

    /// <summary>The project and the dataset that it belongs to; it is purged with them.</summary>
    public Guid? ProjectId { get; init; }
    public Guid? DatasetId { get; init; }

    /// <summary>Arguments as JSON, if its own row does not have them.</summary>
    public string? Payload { get; init; }

    /// <summary>What it found as JSON, if it has no row of its own for it.</summary>
    public string? Result { get; set; }
    public JobState State { get; set; } = JobState.Queued;

    /// <summary>0..1.</summary>
    public double Progress { get; set; }

    /// <summary>The highest is claimed first; set by the kind, never by a request.</summary>
    public int Priority { get; init; }

    /// <summary>Free disk space that the worker needs, in bytes: until it has more, the job waits.</summary>
    public long SpaceBytes { get; init; }

    /// <summary>The job waits until then; null: it does not wait.</summary>
    public DateTimeOffset? NotBefore { get; set; }
    public bool CancelRequested { get; set; }

    /// <summary>The trace of the request that queued it.</summary>
    public string? TraceParent { get; init; }
    public Failure? Error { get; set; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it waits, or waited: a retried job waits again.</summary>
    public required DateTimeOffset QueuedAt { get; set; }

    /// <summary>The first claim.</summary>
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Worker and lane, or null if no worker has it.</summary>
    public string? Owner { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>The last claim: organisations take turns by it.</summary>
    public DateTimeOffset? ClaimedAt { get; set; }

    /// <summary>Number of claims: grows with each take-over and never falls.</summary>
    public long Fence { get; set; }

    public bool IsFinished => State is JobState.Succeeded or JobState.Failed or JobState.Canceled;

    public static Job Of(Import import, Guid project, Guid by, DateTimeOffset now) =>
        new()
        {
            OrgId = import.OrgId,
            Id = import.Id,
            Kind = JobKinds.Import,
            Name = import.FileName,
            ProjectId = project,
            DatasetId = import.DatasetId,
            SpaceBytes = import.Size,
            CreatedBy = by,
            CreatedAt = now,
            QueuedAt = now,
            TraceParent = Common.TraceParent.Current,
        };

    public static Job Of(EmbeddingRequest request, DatasetVersion version, string name, Guid project, Guid by, DateTimeOffset now) =>
        new()
        {
            OrgId = version.OrgId,
            Id = Guid.CreateVersion7(now),
            Kind = JobKinds.Embeddings,
            Name = name,
            ProjectId = project,
            DatasetId = version.DatasetId,
            Payload = JsonSerializer.Serialize(request, JsonSerializerOptions.Web),
            CreatedBy = by,
            CreatedAt = now,
            QueuedAt = now,
            TraceParent = Common.TraceParent.Current,
        };

    /// <param name="name">Of the dataset version and the network.</param>
    public static Job Of(ProbeRequest request, Guid org, Guid dataset, string name, Guid project, Guid by, DateTimeOffset now) =>
        new()
        {
            OrgId = org,
            Id = Guid.CreateVersion7(now),
            Kind = JobKinds.Probe,
            Name = name,
            ProjectId = project,
            DatasetId = dataset,
            Payload = JsonSerializer.Serialize(request, RunDirectory.Json),
            CreatedBy = by,
            CreatedAt = now,
            QueuedAt = now,
            TraceParent = Common.TraceParent.Current,
        };

    /// <param name="name">Of the model version and the dataset version.</param>
    public static Job Of(Evaluation evaluation, Guid dataset, string name, Guid project, Guid by) =>
        new()
        {
            OrgId = evaluation.OrgId,
            Id = evaluation.Id,
            Kind = JobKinds.Evaluation,
            Name = name,
            ProjectId = project,
            DatasetId = dataset,
            CreatedBy = by,
            CreatedAt = evaluation.CreatedAt,
            QueuedAt = evaluation.CreatedAt,
            TraceParent = Common.TraceParent.Current,
        };

    public static Job Of(UploadedWeights weights, DateTimeOffset now) =>
        new()
        {
            OrgId = weights.OrgId,
            Id = weights.Id,
            Kind = JobKinds.Weights,
            Name = weights.FileName,
            ProjectId = weights.ProjectId,
            SpaceBytes = weights.Size,
            CreatedBy = weights.CreatedBy,
            CreatedAt = now,
            QueuedAt = now,
            TraceParent = Common.TraceParent.Current,
        };
}

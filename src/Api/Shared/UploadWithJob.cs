using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;

namespace GpuGeek.Api.Shared;

/// <summary>An upload and its job, which exists once all bytes have arrived: from then on, the job tells the state.</summary>
internal abstract record UploadWithJob(Upload Upload, Job? Job)
{
    public bool IsFinished => Job?.IsFinished ?? Upload.State is UploadState.Failed or UploadState.Canceled;
    public Failure? Error => Job is null ? Upload.Error : Job.Error;
    public DateTimeOffset? FinishedAt => Job is null ? Upload.StoppedAt : Job.FinishedAt;

    /// <summary>Failed, and its bytes are kept.</summary>
    public DateTimeOffset? RetryUntil => Job?.RetryUntil;

    /// <summary>The stored bytes are expected, processed or kept for a retry.</summary>
    public bool NeedsBytes => !IsFinished || RetryUntil is not null;
}

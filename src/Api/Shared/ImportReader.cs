using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Shared;

/// <summary>An import and its job, which exists once all bytes have arrived.</summary>
internal sealed record ImportWithJob(Import Import, Job? Job)
{
    public bool IsFinished => Job?.IsFinished ?? Import.State is UploadState.Failed or UploadState.Canceled;

    /// <summary>Failed, and its upload is kept.</summary>
    public DateTimeOffset? RetryUntil => Job?.RetryUntil;

    public Failure? Error => Job is null ? Import.Error : Job.Error;

    public string State => (Job?.State.ToString() ?? Import.State.ToString()).ToLowerInvariant();

    public ImportResponse ToResponse(string? org, IReadOnlyList<ClassCount> classes) =>
        new(
            Import.Id,
            Import.DatasetId,
            Import.FileName,
            Import.Size,
            State,
            Job?.Progress ?? 0,
            Import.Accepted,
            Import.Skipped,
            classes,
            Error?.ToResponse(),
            org is not null && Import.State == UploadState.Uploading
                ? $"/api/v1/orgs/{org}/datasets/{Import.DatasetId}/imports/{Uri.EscapeDataString(Import.FileName)}?import={Import.Id}"
                : null,
            Import.CreatedAt,
            Job?.StartedAt,
            Job is null ? Import.StoppedAt : Job.FinishedAt,
            RetryUntil
        );
}

internal static class ImportReader
{
    /// <summary>Imports with their jobs.</summary>
    public static IQueryable<ImportWithJob> WithJobs(this IQueryable<Import> imports, GpuGeekDbContext db) =>
        imports.Select(i => new ImportWithJob(i, db.Jobs.FirstOrDefault(j => j.Id == i.Id)));
}

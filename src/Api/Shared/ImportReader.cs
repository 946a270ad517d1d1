using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Shared;

internal sealed record ImportWithJob(Import Import, Job? Job) : UploadWithJob(Import, Job)
{
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
            AddressIn(org, $"imports/{Uri.EscapeDataString(Import.FileName)}?import={Import.Id}"),
            Import.CreatedAt,
            Job?.StartedAt,
            FinishedAt,
            RetryUntil
        )
        {
            Source =
                Import.Source == ImportSource.Sample ? "sample"
                : ImportFiles.IsTable(Import.FileName) ? "labels"
                : "archive",
            Received = Import.Received,
            ResumeUrl = AddressIn(org, $"uploads/{Import.Id}"),
            Fingerprint = Import.Fingerprint,
            Uploader = Import.UploaderId,
        };

    /// <summary>For the bytes that are expected; null: none are.</summary>
    private string? AddressIn(string? org, string path) =>
        org is not null && Import.State == UploadState.Uploading ? $"/api/v1/orgs/{org}/datasets/{Import.DatasetId}/{path}" : null;
}

internal static class ImportReader
{
    /// <summary>Imports with their jobs.</summary>
    public static IQueryable<ImportWithJob> WithJobs(this IQueryable<Import> imports, GpuGeekDbContext db) =>
        imports.Select(i => new ImportWithJob(i, db.Jobs.FirstOrDefault(j => j.Id == i.Id)));
}

using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Shared;

/// <param name="ChangedAt">When it has changed pictures that were there before; null: it has not, or that was undone.</param>
internal sealed record ImportWithJob(Import Import, Job? Job, DateTimeOffset? ChangedAt = null) : UploadWithJob(Import, Job)
{
    private const string Review = "review";

    /// <summary>The job that looked what is to be decided has ended; nobody has decided it.</summary>
    private bool IsUndecided => Job?.State == JobState.Succeeded && Import is { Findings: not null, IsDecided: false };

    public string State =>
        IsUndecided
            ? Job!.RetryUntil is null
                ? "canceled"
                : Review
            : (Job?.State.ToString() ?? Import.State.ToString()).ToLowerInvariant();

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
            IsUndecided ? null : RetryUntil
        )
        {
            Source = Import.Source switch
            {
                ImportSource.Sample => "sample",
                ImportSource.Version => "version",
                _ => ImportFiles.IsTable(Import.FileName) ? "labels" : "archive",
            },
            Received = Import.Received,
            ResumeUrl = AddressIn(org, $"uploads/{Import.Id}"),
            Fingerprint = Import.Fingerprint,
            Uploader = Import.UploaderId,
            Labels = Import.LabelsName,
            Findings = State == Review ? ToResponse(Import.Findings!) : null,
            ReviewUntil = State == Review ? RetryUntil : null,
            UndoableUntil = ChangedAt + ImageEdit.UndoableFor,
        };

    private static ImportFindingsResponse ToResponse(ImportFindings found) =>
        new(
            found.Added,
            found.Unchanged,
            found.Relabelled,
            found.SameName,
            found.Unlabelled,
            found.Skipped,
            [.. found.NewClasses.Select(c => new NewClassResponse(c.Name, c.Count, c.Near))],
            found.SameNameExamples,
            found.RelabelledExamples
        );

    /// <summary>For the bytes that are expected; null: none are.</summary>
    private string? AddressIn(string? org, string path) =>
        org is not null && Import.State == UploadState.Uploading ? $"/api/v1/orgs/{org}/datasets/{Import.DatasetId}/{path}" : null;
}

internal static class ImportReader
{
    /// <summary>Imports with their jobs.</summary>
    public static IQueryable<ImportWithJob> WithJobs(this IQueryable<Import> imports, GpuGeekDbContext db) =>
        imports.Select(i => new ImportWithJob(
            i,
            db.Jobs.FirstOrDefault(j => j.Id == i.Id),
            db.ImageEdits.Where(e => e.Id == i.Id && e.UndoneAt == null).Select(e => (DateTimeOffset?)e.CreatedAt).FirstOrDefault()
        ));
}

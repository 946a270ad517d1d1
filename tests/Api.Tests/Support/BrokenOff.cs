using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Support;

/// <summary>Work that failed because its process died too often, as left by workers.</summary>
internal static class BrokenOff
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <param name="at">When it died for the last time.</param>
    public static async Task DieTooOftenAsync(this TenantSession session, Guid run, DateTimeOffset? at = null)
    {
        await using var db = session.App.SystemDatabase();
        var row = await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == run, Cancel);
        while (!row.IsFinished)
        {
            row.Start(Planted.Now);
            row.TrainerDied(at ?? Planted.Now);
        }
        await db.SaveChangesAsync(Cancel);
    }

    /// <summary>With its upload of one byte.</summary>
    public static async Task<Guid> AddFailedImportAsync(this TenantSession session, Guid dataset, long size = 1)
    {
        var org = await session.OrgIdAsync();
        var row = new Import
        {
            OrgId = org,
            Id = Planted.NewId(),
            DatasetId = dataset,
            Source = ImportSource.Upload,
            FileName = "x.zip",
            Size = size,
            State = UploadState.Received,
            CreatedAt = Planted.Now,
        };
        await session.App.Store().PutAsync(ObjectKeys.Upload(org, row.Id), new MemoryStream([1]), Cancel);
        await using var db = session.App.SystemDatabase();
        db.Imports.Add(row);
        var project = await db.Datasets.IgnoreTenantFilter().Where(d => d.Id == dataset).Select(d => d.ProjectId).SingleAsync(Cancel);
        db.Jobs.Add(Failed(Job.Of(row, project, org, Planted.Now), "import_crashed"));
        await db.SaveChangesAsync(Cancel);
        return row.Id;
    }

    /// <summary>A worker has read it and has found two pictures of a class that is nearly called like another one.</summary>
    public static async Task<Guid> AddReviewedImportAsync(this TenantSession session, Guid dataset)
    {
        var id = await session.AddFailedImportAsync(dataset);
        await using var db = session.App.SystemDatabase();
        var import = await db.Imports.IgnoreTenantFilter().SingleAsync(i => i.Id == id, Cancel);
        import.Review = ImportReview.Conflicts;
        import.Findings = new() { Added = 2, NewClasses = [new("Daisies", 2, "daisy")] };
        var job = await db.Jobs.IgnoreTenantFilter().SingleAsync(j => j.Id == id, Cancel);
        (job.State, job.Error) = (JobState.Succeeded, null);
        await db.SaveChangesAsync(Cancel);
        return id;
    }

    public static async Task BreakOffWeightsAsync(this TenantSession session, Guid weights)
    {
        await using var db = session.App.SystemDatabase();
        var row = await db.UploadedWeights.IgnoreTenantFilter().SingleAsync(w => w.Id == weights, Cancel);
        row.State = UploadState.Received;
        db.Jobs.Add(Failed(Job.Of(row, Planted.Now), "inspection_broken_off"));
        await db.SaveChangesAsync(Cancel);
    }

    private static Job Failed(Job job, string code)
    {
        (job.State, job.Error, job.FinishedAt) = (JobState.Failed, new(code, "t", "d"), Planted.Now);
        job.Keep(Planted.Now);
        return job;
    }
}

using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Uploads;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>A table of labels that lies beside an archive, not in it.</summary>
internal static class LabelsEndpoint
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets
            .MapPut("/{dataset:guid}/imports/{import:guid}/labels", PutAsync)
            .Needs(Role.Editor, Scopes.DatasetsWrite)
            .WithTags("Imports")
            .WithName("UploadLabels")
            .WithoutChangeFilter()
            .Accepts<byte[]>("text/csv", "*/*");

    /// <summary>Send a table of labels beside an archive</summary>
    /// <remarks>
    /// Before the archive has arrived: <c>POST …/imports</c>, then this, then the archive's bytes. <c>name</c> is the table's file name,
    /// which ends in .csv, .tsv, .jsonl, .ndjson or .json; at most 64 MiB. Sent again, it takes the place of the table before.
    /// </remarks>
    private static async Task<Results<Ok<ImportResponse>, ProblemHttpResult>> PutAsync(
        Guid dataset,
        Guid import,
        string name,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!ImportFiles.IsTable(name) || name.Length > 255)
            return Problems.Impossible(
                "not_a_table",
                $"'{name[..Math.Min(name.Length, 255)]}' is no name of a table of labels.",
                "Send a file that ends in .csv, .tsv, .jsonl, .ndjson or .json."
            );
        var own = ImportEndpoints.One(db, dataset, import).AsNoTracking().OfUploader(tenant.UserId);
        var expected = own.Where(i => i.State == UploadState.Uploading);
        if (await expected.FirstOrDefaultAsync(cancellationToken) is not { } row)
            return await NotExpectedAsync(own, db, http, clock, cancellationToken);
        if (ImportFiles.IsTable(row.FileName))
            return Problems.Impossible(
                "not_an_archive",
                "The import is of a table of labels itself.",
                "Send the pictures in a ZIP archive."
            );
        var part = Guid.CreateVersion7(clock.GetUtcNow());
        var key = ObjectKeys.UploadPart(tenant.OrgId, import, part);
        Import? kept = null;
        try
        {
            var bytes = await StoreAsync(store, key, http, clock, cancellationToken);
            kept = await KeepAsync(expected, row, name, part, bytes, http, tenant, db);
        }
        finally
        {
            if (kept is null)
                await store.DeleteAsync(key, CancellationToken.None);
        }
        if (kept is null)
            return await NotExpectedAsync(own, db, http, clock, CancellationToken.None);
        if (row.LabelsPart is { } former)
            await store.DeleteAsync(ObjectKeys.UploadPart(tenant.OrgId, import, former), CancellationToken.None);
        return TypedResults.Ok(new ImportWithJob(kept, null).ToResponse(tenant.Slug, []));
    }

    private static async Task<long> StoreAsync(
        IObjectStore store,
        string key,
        HttpContext http,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        LongBody.Allow(http, ImportFiles.MaxTableBytes);
        await using var metered = new MeteredBody(
            http.Request.Body,
            ImportFiles.MaxTableBytes,
            (_, _) => throw new DomainException("too_large", "A table of labels can have at most 64 MiB.", "Put it into the archive."),
            _ => Task.CompletedTask,
            clock
        );
        return await store.PutAsync(key, metered, http.Request.ContentLength, cancellationToken);
    }

    /// <returns>Null: the archive has arrived meanwhile, the import was cancelled, or another table has taken the place.</returns>
    private static async Task<Import?> KeepAsync(
        IQueryable<Import> expected,
        Import before,
        string name,
        Guid part,
        long bytes,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await PlanGate.LockAsync(db, tenant.OrgId, CancellationToken.None);
        await PlanGate.CheckStorageAsync(db, tenant.OrgId, Math.Max(0, bytes - before.LabelsBytes), 0, CancellationToken.None);
        var kept = await expected
            .Where(i => i.LabelsPart == before.LabelsPart)
            .ExecuteUpdateAsync(
                set => set.SetProperty(i => i.LabelsName, name).SetProperty(i => i.LabelsPart, part).SetProperty(i => i.LabelsBytes, bytes),
                CancellationToken.None
            );
        if (kept == 0)
            return null;
        db.AuditEntries.Add(
            await AuditTrail.EntryAsync(http, db, null, ImportMapping.Address(tenant.Slug, before), CancellationToken.None)
        );
        await db.SaveChangesAsync(CancellationToken.None);
        var row = await expected.SingleAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return row;
    }

    private static async Task<ProblemHttpResult> NotExpectedAsync(
        IQueryable<Import> own,
        GpuGeekDbContext db,
        HttpContext http,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) => ImportAnswers.NotTaken(await own.WithJobs(db).FirstOrDefaultAsync(cancellationToken), http, Upload.ClaimLapses, clock);
}

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
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>An archive's bytes go directly from the connection to the object store, whatever the size; without a
/// <c>Content-Length</c>, a store in a bucket first writes them to the disk.</summary>
internal static class UploadEndpoint
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets
            .MapPut("/{dataset:guid}/imports/{fileName}", PutAsync)
            .Needs(Role.Editor, Scopes.DatasetsWrite)
            .WithTags("Imports")
            .WithName("UploadArchive")
            .WithoutChangeFilter()
            .Accepts<byte[]>("application/zip", "*/*");

    /// <summary>Upload a ZIP archive and start its import</summary>
    /// <remarks>
    /// For example <c>curl -T flowers.zip …/imports/</c>. One folder per class; folders <c>train/</c>, <c>val/</c> and <c>test/</c> are
    /// kept as splits. At most 50 GiB, and not more than the plan and the disk allow: a <c>Content-Length</c> is checked before any byte
    /// is read. The <c>uploadUrl</c> of an import that was requested first accepts the bytes again after a broken connection. While
    /// another request is sending them, it returns <c>upload_under_way</c> with <c>Retry-After</c>.
    /// </remarks>
    private static async Task<Results<Accepted<ImportResponse>, ProblemHttpResult>> PutAsync(
        Guid dataset,
        string fileName,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken,
        Guid? import = null
    )
    {
        LongBody.Allow(http, LongBody.MostBytes);
        if (fileName.Length > 255)
            return Problems.Impossible("name_too_long", "The file name is longer than 255 characters.", "Rename the file.");
        if (Admission.Refuse(fileName, http.Request.ContentLength) is { } refusal)
            return refusal;
        var (archive, problem) = import is { } asked
            ? await FindAsync(dataset, asked, http, tenant, db, store, clock, cancellationToken)
            : (await AddAsync(dataset, fileName, http.Request.ContentLength, tenant, db, store, clock, cancellationToken), null);
        if (archive is null)
            return problem!;
        var reception = new ArchiveReception(db, store, live, clock, archive);
        try
        {
            if (await reception.StoreAsync(http.Request.Body, http.Request.ContentLength, cancellationToken) is not { } size)
                return Admission.UnsupportedArchive();
            if (await ImportQueue.AddAsync(archive.Claim, archive.Row, size, [], http, tenant, db, clock) is { } queued)
            {
                await reception.ForgetPartsAsync();
                change.AfterCommit(live.JobQueuedAsync);
                await change.RunAfterCommitAsync();
                return TypedResults.Accepted(ImportMapping.Address(tenant.Slug, queued.Import), queued.ToResponse(tenant.Slug, []));
            }
            await reception.ForgetAsync();
        }
        catch (ClaimLostException)
        {
            // The received bytes are already discarded; respond with the state of the import.
        }
        var now = await One(db, dataset, archive.Row.Id).WithJobs(db).FirstOrDefaultAsync(CancellationToken.None);
        return ImportAnswers.NotTaken(now, http, Upload.ClaimLapses, clock);
    }

    /// <summary>An import that was requested first, claimed for this request.</summary>
    private static async Task<(ExpectedArchive?, ProblemHttpResult?)> FindAsync(
        Guid dataset,
        Guid asked,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        var own = One(db, dataset, asked).OfUploader(tenant.UserId);
        var claim = own.Claim(Upload.ClaimLapses, clock);
        var isTaken = await claim.TakeAsync(cancellationToken);
        var found = await own.WithJobs(db).FirstOrDefaultAsync(cancellationToken);
        if (found is null || !isTaken)
            return (null, ImportAnswers.NotTaken(found, http, Upload.ClaimLapses, clock));
        var row = found.Import;
        var bytes = Math.Max(row.Size, http.Request.ContentLength ?? 0);
        await Admission.CheckAsync(db, store, tenant.OrgId, bytes, counted: row.Size, stored: 0, cancellationToken);
        await claim.Held.ExecuteUpdateAsync(set => set.SetProperty(i => i.Size, bytes), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (new(row, claim, bytes, IsOwn: false), null);
    }

    /// <summary>From here on, the announced bytes count in the plan.</summary>
    private static async Task<ExpectedArchive> AddAsync(
        Guid dataset,
        string fileName,
        long? length,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await new ArchiveRequest(dataset, fileName, length, Fingerprint: null).AddAsync(
            db,
            store,
            tenant,
            clock,
            cancellationToken
        );
        var claim = One(db, dataset, row.Id).Claim(Upload.ClaimLapses, clock);
        await claim.TakeAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(row, claim, row.Size, IsOwn: true);
    }

    private static IQueryable<Import> One(GpuGeekDbContext db, Guid dataset, Guid import) =>
        db.Imports.AsNoTracking().Where(i => i.Id == import && i.DatasetId == dataset);
}

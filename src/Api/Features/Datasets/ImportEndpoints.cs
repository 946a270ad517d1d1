using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class ImportEndpoints
{
    public const string Shapes = "shapes";

    public static void Map(RouteGroupBuilder datasets)
    {
        var group = datasets.MapGroup("/{dataset:guid}/imports").WithTags("Imports");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("ListImports");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).Idempotent().WithName("CreateImport");
        group.MapGet("/{import:guid}", GetAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetImport");
        group.MapGet("/{import:guid}/skipped", SkippedAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("ListSkippedFiles");
        group.MapPost("/{import:guid}/retry", RetryAsync).Needs(Role.Editor, Scopes.DatasetsWrite).Idempotent().WithName("RetryImport");
        group.MapDelete("/{import:guid}", CancelAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("CancelImport");
    }

    /// <summary>List the imports of a dataset, newest first</summary>
    private static async Task<Results<Ok<Page<ImportResponse>>, ProblemHttpResult>> ListAsync(
        Guid dataset,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await db
            .Imports.AsNoTracking()
            .Where(i => i.DatasetId == dataset && (last == null || i.Id < last))
            .OrderByDescending(i => i.Id)
            .Take(size + 1)
            .WithJobs(db)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, i => i.Import.Id.ToString(), i => i.ToResponse(tenant.Slug, [])));
    }

    /// <summary>Request an upload of an archive, or import a built-in sample</summary>
    /// <remarks>
    /// With <c>name</c> and <c>size</c>: checks quota and disk space and returns the address to PUT the bytes to. The size counts in the
    /// plan from then on, for an hour if no bytes arrive. The address accepts bytes while the import is <c>uploading</c>. With
    /// <c>sample</c>: starts immediately.
    /// </remarks>
    private static async Task<Results<Created<ImportResponse>, Accepted<ImportResponse>, ProblemHttpResult>> CreateAsync(
        Guid dataset,
        CreateImportRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        if (request.Sample is { } sample)
        {
            if (sample != Shapes)
                return Problems.Impossible("unknown_sample", $"There is no sample dataset '{sample}'.", $"Use '{Shapes}'.");
            var drawn = new Import
            {
                OrgId = tenant.OrgId,
                Id = id,
                DatasetId = dataset,
                Source = ImportSource.Sample,
                FileName = sample,
                State = UploadState.Received,
                CreatedAt = now,
            };
            var (address, drawing) = await ImportQueue.AddAsync(drawn, tenant, db, clock, cancellationToken);
            change.AfterCommit(live.JobQueuedAsync);
            return TypedResults.Accepted(address, drawing);
        }
        if (request is not { Name: { } name, Size: { } bytes })
            return Problems.Impossible("import_source_missing", "Send the name and size of an archive, or the name of a sample.");
        if (Admission.Refuse(name, bytes) is { } refusal)
            return refusal;
        var import = await new ArchiveRequest(dataset, name, bytes, request.Fingerprint)
        {
            Review = Enum.Parse<ImportReview>(request.Review, ignoreCase: true),
            OnExisting = Enum.Parse<OnExisting>(request.OnExisting, ignoreCase: true),
            Unlabelled = request.Unlabelled,
        }.AddAsync(db, store, tenant, clock, cancellationToken);
        return TypedResults.Created(
            ImportMapping.Address(tenant.Slug, import),
            new ImportWithJob(import, null).ToResponse(tenant.Slug, [])
        );
    }

    /// <summary>Get an import; <c>?wait=30</c> waits for its end</summary>
    private static async Task<Results<Ok<ImportResponse>, ProblemHttpResult>> GetAsync(
        Guid dataset,
        Guid import,
        Tenant tenant,
        GpuGeekDbContext db,
        LongPoll poll,
        CancellationToken cancellationToken,
        int? wait = null
    )
    {
        var row = await poll.UntilAsync(
            wait,
            dataset,
            token => One(db, dataset, import).AsNoTracking().WithJobs(db).FirstOrDefaultAsync(token),
            i => i.IsFinished,
            cancellationToken
        );
        if (row is null)
            return Problems.NotFound();
        var classes = row.IsFinished
            ? await (
                from c in db.DatasetClasses
                where c.DatasetId == dataset && db.DatasetImages.Any(i => i.ClassId == c.Id && i.ImportId == import)
                orderby c.Name
                select new ClassCount(c.Name, db.DatasetImages.Count(i => i.ClassId == c.Id && i.ImportId == import))
            ).ToListAsync(cancellationToken)
            : [];
        return TypedResults.Ok(row.ToResponse(tenant.Slug, classes));
    }

    /// <summary>List the skipped files with the reasons; as CSV with <c>Accept: text/csv</c></summary>
    private static async Task<Results<Ok<Page<SkippedFileResponse>>, FileContentHttpResult, ProblemHttpResult>> SkippedAsync(
        Guid dataset,
        Guid import,
        HttpRequest http,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        if (!await db.Imports.AnyAsync(i => i.Id == import && i.DatasetId == dataset, cancellationToken))
            return Problems.NotFound();
        var rows = db.SkippedFiles.AsNoTracking().Where(s => s.ImportId == import).OrderBy(s => s.Id);
        if (http.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase))
            return TypedResults.File(
                ImportMapping.ToCsv(await rows.ToListAsync(cancellationToken)),
                "text/csv; charset=utf-8",
                "skipped.csv"
            );
        var size = Paging.Limit(limit, 100);
        var last = Paging.After(after);
        var page = await rows.Where(s => last == null || s.Id > last).Take(size + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(page, size, s => s.Id.ToString(), s => new SkippedFileResponse(s.Path, s.Code, s.Reason, s.Hint)));
    }

    /// <summary>Retry an import that was interrupted too often, with the kept upload</summary>
    /// <remarks>Possible until <c>retryUntil</c>, 7 days after the failure. The plan is checked as for a new import. Any other import
    /// returns <c>import_not_retryable</c>.</remarks>
    private static async Task<Results<Ok<ImportResponse>, ProblemHttpResult>> RetryAsync(
        Guid dataset,
        Guid import,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var one = One(db, dataset, import);
        if (!await one.AnyAsync(cancellationToken))
            return Problems.NotFound();
        if (!await JobChanges.RetryAsync(db, store, tenant.OrgId, import, clock.GetUtcNow(), cancellationToken))
            return Problems.Conflict(
                "import_not_retryable",
                "The import cannot be retried: only an import that was interrupted too often can, for 7 days, while its upload is kept.",
                "Upload the archive again."
            );
        await one.ExecuteUpdateAsync(set => set.SetProperty(i => i.Skipped, 0), cancellationToken);
        change.AfterCommit(live.JobQueuedAsync);
        change.AfterCommit(() => live.ImportChangedAsync(tenant.OrgId, dataset));
        return TypedResults.Ok((await one.AsNoTracking().WithJobs(db).SingleAsync(cancellationToken)).ToResponse(tenant.Slug, []));
    }

    /// <summary>Cancel an import; its pictures are removed</summary>
    /// <remarks>For a failed import with a kept upload, the upload is deleted.</remarks>
    internal static async Task<Results<NoContent, ProblemHttpResult>> CancelAsync(
        Guid dataset,
        Guid import,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var row = One(db, dataset, import);
        if (!await row.AnyAsync(cancellationToken))
            return Problems.NotFound();
        var job = db.Jobs.Where(j => j.Id == import);
        var kept = await JobChanges.ForgetAsync(job, cancellationToken);
        var uploading = await ImportCancellation.EndUploadsAsync(row, clock.GetUtcNow(), cancellationToken);
        if (kept + uploading > 0)
            change.AfterCommit(() => StoredUploads.DeleteAsync(store, tenant.OrgId, import, CancellationToken.None));
        if (uploading + await JobChanges.CancelAsync(job, cancellationToken) + kept == 0)
            change.NoChange();
        else
            change.AfterCommit(live.JobQueuedAsync);
        return TypedResults.NoContent();
    }

    internal static IQueryable<Import> One(GpuGeekDbContext db, Guid dataset, Guid import) =>
        db.Imports.Where(i => i.Id == import && i.DatasetId == dataset);
}

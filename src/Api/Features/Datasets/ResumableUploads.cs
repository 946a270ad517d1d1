using System.Globalization;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Uploads;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Uploads that go on where they were cut, by tus 1.0.0 (https://tus.io/protocols/resumable-upload). An upload is the first stage
/// of an import and has its id.</summary>
internal static class ResumableUploads
{
    public static void Map(RouteGroupBuilder datasets)
    {
        var group = datasets.MapGroup("/{dataset:guid}/uploads").WithTags("Imports").AddEndpointFilter<RouteGroupBuilder, TusFilter>();
        group
            .MapMethods("", [HttpMethods.Options], Describe)
            .Needs(Role.Viewer, Scopes.DatasetsRead)
            .WithoutChangeFilter()
            .WithName("DescribeUploads");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("CreateUpload");
        group.MapGet("/{import:guid}", GetAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("GetUpload");
        group
            .MapPatch("/{import:guid}", AppendAsync)
            .Needs(Role.Editor, Scopes.DatasetsWrite)
            .WithoutChangeFilter()
            .WithName("AppendUpload")
            .Accepts<byte[]>(Tus.ContentType);
        group.MapDelete("/{import:guid}", CancelAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("CancelUpload");
    }

    /// <summary>What the server knows of the tus protocol, in headers</summary>
    private static NoContent Describe(HttpResponse response)
    {
        response.Headers["Tus-Version"] = Tus.Version;
        response.Headers["Tus-Extension"] = Tus.Extensions;
        response.Headers["Tus-Checksum-Algorithm"] = BodyChecksum.Algorithms;
        response.Headers["Tus-Max-Size"] = Text(LongBody.MostBytes);
        return TypedResults.NoContent();
    }

    /// <summary>Start an upload that can be resumed (tus 1.0)</summary>
    /// <remarks>
    /// With <c>Upload-Length</c>, and the archive's name as <c>filename</c> in <c>Upload-Metadata</c>; there, <c>fingerprint</c> is kept
    /// for the client. The same as <c>POST …/imports</c> with a name and a size, whose <c>resumeUrl</c> is this upload.
    /// </remarks>
    private static async Task<Results<Created, ProblemHttpResult>> CreateAsync(
        Guid dataset,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var size = Tus.Number(http.Request, Tus.Length);
        if (size == 0)
            throw Tus.Bad(Tus.Length, "is 0: an archive has at least one byte");
        var about = Tus.ReadMetadata(http.Request.Headers[Tus.Metadata]);
        if (about.GetValueOrDefault("filename") is not { Length: > 0 and <= 255 } name)
            throw Tus.Bad(Tus.Metadata, "must have the file's name as 'filename', of at most 255 characters");
        var fingerprint = about.GetValueOrDefault("fingerprint");
        if (fingerprint?.Length > Import.MaxFingerprintLength)
            throw Tus.Bad(Tus.Metadata, $"has a fingerprint of more than {Import.MaxFingerprintLength} characters");
        if (Admission.Refuse(name, size) is { } refusal)
            return refusal;
        var import = await new ArchiveRequest(dataset, name, size, fingerprint).AddAsync(db, store, tenant, clock, cancellationToken);
        Expires(http.Response, import.CreatedAt, options.Value);
        return TypedResults.Created($"/api/v1/orgs/{tenant.Slug}/datasets/{dataset}/uploads/{import.Id}");
    }

    /// <summary>How many bytes of an upload have arrived, in headers (tus 1.0)</summary>
    /// <remarks>Also as HEAD. <c>Upload-Offset</c> equals <c>Upload-Length</c> once all have: then the import has them. Only its
    /// uploader sees it.</remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> GetAsync(
        Guid dataset,
        Guid import,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var found = await Own(db, tenant, dataset, import).WithJobs(db).FirstOrDefaultAsync(cancellationToken);
        if (found is not { Import.State: UploadState.Uploading or UploadState.Received })
            return NotTaken(found, http, clock);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers[Tus.Length] = Text(found.Import.Size);
        var isExpected = found.Import.State == UploadState.Uploading;
        http.Response.Headers[Tus.Offset] = Text(isExpected ? found.Import.Received : found.Import.Size);
        if (isExpected)
            Expires(http.Response, found.Import.UploadActiveAt ?? found.Import.CreatedAt, options.Value);
        return TypedResults.NoContent();
    }

    /// <summary>Send the next bytes of an upload (tus 1.0)</summary>
    /// <remarks>
    /// From <c>Upload-Offset</c> on, as many as you like. After a broken connection, HEAD says where to go on. With
    /// <c>Upload-Checksum</c> (sha1 or sha256) the bytes of the request are kept together or not at all. The last byte starts the import.
    /// </remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> AppendAsync(
        Guid dataset,
        Guid import,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        LongBody.Allow(http, LongBody.MostBytes);
        var offset = Tus.Number(http.Request, Tus.Offset);
        using var checksum = BodyChecksum.Read(http.Request.Headers[Tus.Checksum]);
        var own = Own(db, tenant, dataset, import);
        var claim = own.Claim(Upload.PartClaimLapses, clock);
        var (row, problem) = await ClaimAsync(own, claim, offset, http, tenant, db, store, clock, cancellationToken);
        if (row is null)
            return problem!;
        try
        {
            var received = await new PartReception(store, clock, claim, row).TakeAsync(http.Request.Body, checksum, FinishAsync);
            await claim.ReleaseAsync();
            await change.RunAfterCommitAsync();
            http.Response.Headers[Tus.Offset] = Text(received);
            if (received < row.Size)
                Expires(http.Response, clock.GetUtcNow(), options.Value);
            return TypedResults.NoContent();
        }
        catch (NotAnArchiveException)
        {
            await claim.ReleaseAsync();
            return Admission.UnsupportedArchive();
        }
        catch (ClaimLostException)
        {
            return NotTaken(await own.WithJobs(db).FirstOrDefaultAsync(CancellationToken.None), http, clock);
        }
        catch
        {
            await claim.ReleaseAsync();
            throw;
        }

        async Task<bool> FinishAsync(Guid[] parts)
        {
            change.AfterCommit(live.JobQueuedAsync);
            return await ImportQueue.AddAsync(claim, row, row.Size, parts, http, tenant, db, clock) is not null;
        }
    }

    /// <summary>End an upload; its bytes are removed (tus 1.0)</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> CancelAsync(
        Guid dataset,
        Guid import,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) =>
        await Own(db, tenant, dataset, import).AnyAsync(cancellationToken)
            ? await ImportEndpoints.CancelAsync(dataset, import, tenant, db, store, live, change, clock, cancellationToken)
            : Problems.NotFound();

    /// <summary>The upload, claimed for this request, with space for the rest of it.</summary>
    private static async Task<(Import?, ProblemHttpResult?)> ClaimAsync(
        IQueryable<Import> own,
        UploadClaim<Import> claim,
        long offset,
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
        var isTaken = await claim.TakeAsync(cancellationToken);
        var found = await own.WithJobs(db).FirstOrDefaultAsync(cancellationToken);
        if (found is null || !isTaken)
            return (null, NotTaken(found, http, clock));
        var row = found.Import;
        if (row.Received != offset)
            return (null, Differs(http.Response, row, offset));
        if (http.Request.ContentLength > row.Size - offset)
            throw new DomainException(
                "too_large",
                $"{row.Size} bytes were announced and {offset} have arrived; {http.Request.ContentLength} more would be too many.",
                "Start another upload with the right size."
            );
        await Admission.CheckAsync(
            db,
            store,
            tenant.OrgId,
            row.Size,
            counted: row.Size,
            stored: row.Received,
            cancellationToken,
            inParts: true
        );
        await transaction.CommitAsync(cancellationToken);
        return (row, null);
    }

    private static ProblemHttpResult NotTaken(ImportWithJob? import, HttpContext http, TimeProvider clock) =>
        import is { Import.State: UploadState.Canceled or UploadState.Failed }
            ? ImportAnswers.Ended(import, 410)
            : ImportAnswers.NotTaken(import, http, Upload.PartClaimLapses, clock);

    private static ProblemHttpResult Differs(HttpResponse response, Import row, long offset)
    {
        response.Headers[Tus.Offset] = Text(row.Received);
        return Problems.Conflict(
            "upload_offset_differs",
            $"{row.Received} bytes of the upload have arrived, so its next byte is not number {offset}.",
            "Ask with HEAD how many have arrived, and go on there."
        );
    }

    private static IQueryable<Import> Own(GpuGeekDbContext db, Tenant tenant, Guid dataset, Guid import) =>
        db
            .Imports.AsNoTracking()
            .Where(i => i.Id == import && i.DatasetId == dataset && i.Source == ImportSource.Upload)
            .OfUploader(tenant.UserId);

    private static void Expires(HttpResponse response, DateTimeOffset active, ApiOptions options) =>
        response.Headers[Tus.Expires] = active.AddHours(options.UploadHours).ToString("R", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

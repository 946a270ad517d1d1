using GpuGeek.Api.Common;
using GpuGeek.Api.Common.Audit;
using GpuGeek.Api.Common.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Queue;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>An archive's bytes go straight from the connection to the object store: nothing is buffered, whatever the size.</summary>
internal static class UploadEndpoint
{
    private static readonly byte[] ZipMagic = "PK"u8.ToArray();

    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapPut("/{dataset:guid}/imports/{fileName}", PutAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithTags("Imports").WithName("UploadArchive").WithoutChangeFilter()
            .Accepts<byte[]>("application/zip", "*/*");

    /// <summary>Send a ZIP archive and start its import</summary>
    /// <remarks><c>curl -T flowers.zip …/imports/</c> works. One folder per class; <c>train/</c>, <c>val/</c> and <c>test/</c> folders are kept as splits.</remarks>
    private static async Task<Results<Accepted<ImportResponse>, ProblemHttpResult>> PutAsync(
        Guid dataset, string fileName, HttpContext http, Tenant tenant, GpuGeekDbContext db, IObjectStore store, IJobQueue queue, Change change, TimeProvider clock, CancellationToken cancellationToken,
        Guid? import = null)
    {
        LongBody.Allow(http, null);
        if (fileName.Length > 255) return Problems.Impossible("name_too_long", "The file's name has more than 255 characters.", "Rename it.");
        if (await Admission.RefuseAsync(db, store, tenant.OrgId, fileName, http.Request.ContentLength ?? 0, cancellationToken) is { } refusal) return refusal;
        var (row, problem) = await FindOrAddAsync(dataset, fileName, import, tenant, db, clock, cancellationToken);
        if (problem is not null) return problem;
        var key = ObjectKeys.Upload(tenant.OrgId, row!.Id);
        try
        {
            var head = await ReadHeadAsync(http.Request.Body, cancellationToken);
            if (!head.AsSpan().StartsWith(ZipMagic))
            {
                await ForgetAsync(db, row, cancellationToken);
                return Admission.UnsupportedArchive();
            }
            await using var whole = new PrefixedStream(head, http.Request.Body);
            row.Size = await store.PutAsync(key, whole, cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // The connection broke: nothing is left of it.
            await store.DeleteAsync(key, CancellationToken.None);
            await ForgetAsync(db, row, CancellationToken.None);
            throw;
        }
        row.State = ImportState.Queued;
        db.AuditEntries.Add(await AuditTrail.EntryAsync(http, db, null, ImportMapping.Address(tenant.Slug, row), CancellationToken.None));
        try
        {
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Canceled while the bytes came: they go. Where another upload of the same import was first, they are its own.
            if (!await db.Imports.AnyAsync(i => i.Id == row.Id && i.State != ImportState.Canceled, CancellationToken.None)) await store.DeleteAsync(key, CancellationToken.None);
            return Canceled();
        }
        change.AfterCommit(() => queue.HintImport(tenant.OrgId, row.Id));
        await change.TellAsync();
        return TypedResults.Accepted(ImportMapping.Address(tenant.Slug, row), ImportMapping.ToResponse(row, tenant.Slug, []));
    }

    private static async Task<(Import?, ProblemHttpResult?)> FindOrAddAsync(Guid dataset, string fileName, Guid? asked, Tenant tenant, GpuGeekDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (asked is { } id)
        {
            var known = await db.Imports.FirstOrDefaultAsync(i => i.Id == id && i.DatasetId == dataset, cancellationToken);
            if (known is null) return (null, Problems.NotFound());
            return known.State switch
            {
                ImportState.Uploading => (known, null),
                ImportState.Canceled => (null, Canceled()),
                _ => (null, Problems.Conflict("import_started", "The bytes of this import have come already.", "Start another import.")),
            };
        }
        var now = clock.GetUtcNow();
        var row = new Import { OrgId = tenant.OrgId, Id = Guid.CreateVersion7(now), DatasetId = dataset, Source = ImportSource.Upload, FileName = fileName, CreatedAt = now };
        db.Imports.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return (row, null);
    }

    private static ProblemHttpResult Canceled() => Problems.Conflict("import_canceled", "The import was canceled or started by somebody else before its bytes had come.", "Start another import.");

    // One that was canceled meanwhile stays as such.
    private static async Task ForgetAsync(GpuGeekDbContext db, Import row, CancellationToken cancellationToken) =>
        await db.Imports.Where(i => i.Id == row.Id && i.State == ImportState.Uploading).ExecuteDeleteAsync(cancellationToken);

    private static async Task<byte[]> ReadHeadAsync(Stream body, CancellationToken cancellationToken)
    {
        var head = new byte[ZipMagic.Length];
        var read = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return head[..read];
    }
}

using GpuGeek.Api.Common;
using GpuGeek.Api.Common.Audit;
using GpuGeek.Api.Common.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

/// <summary>The bytes of a weights file, straight from the connection to the object store.</summary>
internal static class WeightsUpload
{
    public static void Map(RouteGroupBuilder weights) =>
        weights.MapPut("/{weights:guid}/content", PutAsync).Needs(Role.Editor, Scopes.ModelsWrite).WithName("UploadWeights").WithoutChangeFilter().Accepts<byte[]>("application/octet-stream", "*/*");

    /// <summary>Send the bytes of a weights file</summary>
    /// <remarks><c>curl -T resnet18.pth</c> with the <c>uploadUrl</c> that was answered. They are read next: <c>GET …/weights/{weights}?wait=30</c>.</remarks>
    private static async Task<Results<Accepted<WeightsResponse>, ProblemHttpResult>> PutAsync(Guid weights, HttpContext http, Tenant tenant, GpuGeekDbContext db, IObjectStore store, CancellationToken cancellationToken)
    {
        if (await WeightsEndpoints.FindAsync(db, weights, cancellationToken) is not { } found) return Problems.NotFound();
        if (found.File.State != WeightsState.Uploading) return Started();
        if (http.Request.ContentLength is { } length && length != found.File.Size) return WrongSize(found.File.Size, length);
        LongBody.Allow(http, found.File.Size);
        var key = ObjectKeys.Upload(tenant.OrgId, weights);
        long size;
        try
        {
            size = await store.PutAsync(key, http.Request.Body, cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or BadHttpRequestException)
        {
            // The connection broke: nothing is left of it, and the bytes may be sent again.
            await store.DeleteAsync(key, CancellationToken.None);
            throw;
        }
        if (size != found.File.Size)
        {
            await store.DeleteAsync(key, CancellationToken.None);
            return WrongSize(found.File.Size, size);
        }
        return await QueueAsync(weights, found.Project, http, tenant, db);
    }

    private static async Task<Results<Accepted<WeightsResponse>, ProblemHttpResult>> QueueAsync(Guid weights, string project, HttpContext http, Tenant tenant, GpuGeekDbContext db)
    {
        var row = await db.UploadedWeights.FirstOrDefaultAsync(w => w.Id == weights, CancellationToken.None);
        if (row is null) return Problems.NotFound();
        if (row.State != WeightsState.Uploading) return Started();
        row.State = WeightsState.Queued;
        db.AuditEntries.Add(await AuditTrail.EntryAsync(http, db, null, null, CancellationToken.None));
        try
        {
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Started();
        }
        return TypedResults.Accepted(WeightsMapping.Address(tenant.Slug, row.Id), row.ToResponse(tenant.Slug, project));
    }

    private static ProblemHttpResult Started() => Problems.Conflict("weights_uploaded", "The bytes of this weights file have come already, or it was deleted.", "Ask for another one: POST …/weights.");

    private static ProblemHttpResult WrongSize(long announced, long came) =>
        Problems.Impossible("size_differs", $"{announced} bytes were announced and {came} came.", "Send the file as it was announced, or announce it anew.");
}

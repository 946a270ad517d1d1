using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Uploads;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Common;
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
    /// <summary>Kestrel ends what is larger than announced a little later than we do, and without a word about why.</summary>
    private const long Slack = 1 << 20;

    public static void Map(RouteGroupBuilder weights) =>
        weights
            .MapPut("/{weights:guid}/content", PutAsync)
            .Needs(Role.Editor, Scopes.ModelsWrite)
            .WithName("UploadWeights")
            .WithoutChangeFilter()
            .Accepts<byte[]>("application/octet-stream", "*/*");

    /// <summary>Send the bytes of a weights file</summary>
    /// <remarks>
    /// Such as <c>curl -T resnet18.pth</c> with the <c>uploadUrl</c> that was answered. They are read next:
    /// <c>GET …/weights/{weights}?wait=30</c>. As many bytes as were announced, no more and no fewer; they may be sent again when the
    /// connection broke. While another request sends them the answer is <c>upload_under_way</c>, with <c>Retry-After</c>.
    /// </remarks>
    private static async Task<Results<Accepted<WeightsResponse>, ProblemHttpResult>> PutAsync(
        Guid weights,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await WeightsEndpoints.FindAsync(db, weights, cancellationToken) is not { } found)
            return Problems.NotFound();
        if (found.File.State != WeightsState.Uploading)
            return NotTaken(found.File, http, clock);
        var announced = found.File.Size;
        if (http.Request.ContentLength is { } length && length != announced)
            return Problems.Of(WrongSize(announced, length));
        WeightsEndpoints.CheckDisk(store, announced);
        var claim = new UploadClaim<UploadedWeights>(
            db.UploadedWeights.Where(w => w.Id == weights && w.State == WeightsState.Uploading),
            Guid.CreateVersion7(clock.GetUtcNow())
        );
        try
        {
            if (await claim.TakeAsync(cancellationToken))
            {
                LongBody.Allow(http, announced + Slack);
                var key = ObjectKeys.Upload(tenant.OrgId, weights);
                await StoreAsync(claim, key, announced, http.Request.Body, store, clock, cancellationToken);
                if (await QueueAsync(claim, weights, http, tenant, db) is { } queued)
                    return queued;
                await ForgetAsync(weights, tenant, db, store);
            }
        }
        catch (ClaimLostException)
        {
            // What came is discarded already; what happened to the file is the answer.
        }
        return NotTaken((await WeightsEndpoints.FindAsync(db, weights, CancellationToken.None))?.File, http, clock);
    }

    private static async Task StoreAsync(
        UploadClaim<UploadedWeights> claim,
        string key,
        long announced,
        Stream body,
        IObjectStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var metered = new MeteredBody(
                body,
                announced,
                (read, _) => throw WrongSize(announced, read),
                claim.TouchAsync,
                clock
            );
            var size = await store.PutAsync(key, metered, cancellationToken);
            if (size != announced)
                throw WrongSize(announced, size);
        }
        catch
        {
            // Nothing is left of them, and they may be sent again. Where another request has the claim, what lies in the store is its own.
            if (await claim.TryTouchAsync(CancellationToken.None))
            {
                await store.DeleteAsync(key, CancellationToken.None);
                await claim.Held.ExecuteUpdateAsync(set => set.SetProperty(w => w.UploadClaim, (Guid?)null), CancellationToken.None);
            }
            throw;
        }
    }

    private static async Task<Accepted<WeightsResponse>?> QueueAsync(
        UploadClaim<UploadedWeights> claim,
        Guid weights,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var queued = await claim.Held.ExecuteUpdateAsync(
            set => set.SetProperty(w => w.State, WeightsState.Queued).SetProperty(w => w.UploadClaim, (Guid?)null),
            CancellationToken.None
        );
        if (queued == 0 || await WeightsEndpoints.FindAsync(db, weights, CancellationToken.None) is not { } found)
            return null;
        db.AuditEntries.Add(await AuditTrail.EntryAsync(http, db, null, null, CancellationToken.None));
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return TypedResults.Accepted(WeightsMapping.Address(tenant.Slug, weights), found.File.ToResponse(tenant.Slug, found.Project));
    }

    /// <summary>The claim was lost when the bytes lay in the store already: they go, unless somebody else's lie there now.</summary>
    private static async Task ForgetAsync(Guid weights, Tenant tenant, GpuGeekDbContext db, IObjectStore store)
    {
        var others = db.UploadedWeights.Where(w => w.Id == weights && (w.RetryUntil != null || w.FinishedAt == null));
        if (!await others.AnyAsync(CancellationToken.None))
            await store.DeleteAsync(ObjectKeys.Upload(tenant.OrgId, weights), CancellationToken.None);
    }

    private static ProblemHttpResult NotTaken(UploadedWeights? file, HttpContext http, TimeProvider clock) =>
        file?.State switch
        {
            null => Problems.NotFound(),
            WeightsState.Uploading => UploadAnswers.UnderWay(http, file, clock.GetUtcNow()),
            WeightsState.Failed => Problems.Conflict(
                "weights_failed",
                $"The weights file has failed: {file.Error?.Detail ?? "it ended."}",
                file.RetryUntil is null
                    ? "Ask for another one: POST …/weights."
                    : "Its bytes are kept: have them read again, or send others."
            ),
            _ => Problems.Conflict(
                "weights_uploaded",
                "The bytes of this weights file have come already.",
                "Ask for another one: POST …/weights."
            ),
        };

    private static DomainException WrongSize(long announced, long came) =>
        new(
            "size_differs",
            $"{announced} bytes were announced and {came} came.",
            "Send the file as it was announced, or announce it anew."
        );
}

using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Uploads;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Weights;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Weights;

/// <summary>Streams a weights file directly from the connection to the object store.</summary>
internal static class WeightsUpload
{
    /// <summary>Kestrel would stop a body that is larger than announced a little later than this limit, and without an
    /// explanation.</summary>
    private const long Slack = 1 << 20;

    public static void Map(RouteGroupBuilder weights) =>
        weights
            .MapPut("/{weights:guid}/content", PutAsync)
            .Needs(Role.Editor, Scopes.ModelsWrite)
            .WithName("UploadWeights")
            .WithoutChangeFilter()
            .Accepts<byte[]>("application/octet-stream", "*/*");

    /// <summary>Upload the bytes of a weights file</summary>
    /// <remarks>
    /// For example <c>curl -T resnet18.pth</c> with the returned <c>uploadUrl</c>. A worker reads the file next: <c>GET
    /// …/weights/{weights}?wait=30</c>. The number of bytes must be as announced. They can be sent again after a broken connection. While
    /// another request is sending them, the response is <c>upload_under_way</c> with <c>Retry-After</c>.
    /// </remarks>
    private static async Task<Results<Accepted<WeightsResponse>, ProblemHttpResult>> PutAsync(
        Guid weights,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await WeightsEndpoints.FindAsync(db, weights, cancellationToken) is not { } found)
            return Problems.NotFound();
        if (found.File.State != UploadState.Uploading)
            return NotTaken(found, http, clock);
        var announced = found.File.Size;
        if (http.Request.ContentLength is { } length && length != announced)
            return Problems.Of(WrongSize(announced, length));
        WeightsEndpoints.CheckDisk(store, announced);
        var claim = new UploadClaim<UploadedWeights>(
            db.UploadedWeights.Where(w => w.Id == weights && w.State == UploadState.Uploading),
            Guid.CreateVersion7(clock.GetUtcNow()),
            Upload.ClaimLapses
        );
        try
        {
            if (await claim.TakeAsync(cancellationToken))
            {
                LongBody.Allow(http, announced + Slack);
                var key = ObjectKeys.Upload(tenant.OrgId, weights);
                await StoreAsync(claim, key, announced, http.Request, store, clock, cancellationToken);
                if (await QueueAsync(claim, weights, http, tenant, db, clock) is { } queued)
                {
                    await live.JobQueuedAsync();
                    return queued;
                }
                await ForgetAsync(weights, tenant, db, store);
            }
        }
        catch (ClaimLostException)
        {
            // The received bytes are already discarded; respond with the state of the file.
        }
        return NotTaken(await WeightsEndpoints.FindAsync(db, weights, CancellationToken.None), http, clock);
    }

    private static async Task StoreAsync(
        UploadClaim<UploadedWeights> claim,
        string key,
        long announced,
        HttpRequest request,
        IObjectStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var metered = new MeteredBody(
                request.Body,
                announced,
                (read, _) => throw WrongSize(announced, read),
                claim.TouchAsync,
                clock
            );
            var size = await store.PutAsync(key, metered, request.ContentLength, cancellationToken);
            if (size != announced)
                throw WrongSize(announced, size);
        }
        catch
        {
            // Nothing is left of the bytes, and they can be sent again. If another request has the claim, the stored object belongs to
            // that request.
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
        GpuGeekDbContext db,
        TimeProvider clock
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var queued = await claim.Held.ExecuteUpdateAsync(
            set => set.SetProperty(w => w.State, UploadState.Received).SetProperty(w => w.UploadClaim, (Guid?)null),
            CancellationToken.None
        );
        if (queued == 0 || await WeightsEndpoints.FindAsync(db, weights, CancellationToken.None) is not { } found)
            return null;
        var job = Job.Of(found.File, clock.GetUtcNow());
        db.Jobs.Add(job);
        db.AuditEntries.Add(await AuditTrail.EntryAsync(http, db, null, null, CancellationToken.None));
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return TypedResults.Accepted(WeightsMapping.Address(tenant.Slug, weights), (found with { Job = job }).ToResponse(tenant.Slug));
    }

    /// <summary>The claim was lost after the bytes were stored: delete them, unless another request has stored its own.</summary>
    private static async Task ForgetAsync(Guid weights, Tenant tenant, GpuGeekDbContext db, IObjectStore store)
    {
        if (await WeightsEndpoints.FindAsync(db, weights, CancellationToken.None) is not { NeedsBytes: true })
            await store.DeleteAsync(ObjectKeys.Upload(tenant.OrgId, weights), CancellationToken.None);
    }

    private static ProblemHttpResult NotTaken(WeightsOfProject? file, HttpContext http, TimeProvider clock) =>
        file switch
        {
            null => Problems.NotFound(),
            { File.State: UploadState.Uploading } => UploadAnswers.UnderWay(http, file.File, Upload.ClaimLapses, clock.GetUtcNow()),
            { File.State: UploadState.Failed } or { Job.State: JobState.Failed or JobState.Canceled } => Problems.Conflict(
                "weights_failed",
                $"Reading the weights file failed: {file.Error?.Detail ?? "unknown error."}",
                file.RetryUntil is null
                    ? "Start another upload: POST …/weights."
                    : "Its bytes are kept: retry reading them, or upload another file."
            ),
            _ => Problems.Conflict(
                "weights_uploaded",
                "The bytes of this weights file have already been received.",
                "Start another upload: POST …/weights."
            ),
        };

    private static DomainException WrongSize(long announced, long came) =>
        new(
            "size_differs",
            $"{announced} bytes were announced, but {came} were received.",
            "Send the announced file, or start another upload with the right size."
        );
}

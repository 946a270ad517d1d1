using GpuGeek.Api.Http.Uploads;
using GpuGeek.Api.Shared;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>An archive that a request may upload.</summary>
/// <param name="Row">The row when the claim was taken; its size is the announced size.</param>
/// <param name="Counted">Bytes of the archive that count in the plan.</param>
/// <param name="IsOwn">
/// True if the request created the row itself; then the row is deleted with the bytes. An import that was requested first waits for
/// another upload.
/// </param>
internal sealed record ExpectedArchive(Import Row, UploadClaim<Import> Claim, long Counted, bool IsOwn)
{
    public string Key => ObjectKeys.Upload(Row.OrgId, Row.Id);
}

/// <summary>
/// Copies the bytes from the connection to the store, as far as there is space, and deletes them if that fails.
/// </summary>
internal sealed class ArchiveReception(
    GpuGeekDbContext db,
    IObjectStore store,
    ILiveNotifier live,
    TimeProvider clock,
    ExpectedArchive archive
)
{
    // Each reservation is as large as the bytes received so far: a small archive reserves little, a large one makes few requests.
    private const long LeastPiece = 256 << 10,
        LargestPiece = 64 << 20;

    private long _counted = archive.Counted;

    /// <param name="length">Of the whole body, if it is announced.</param>
    /// <returns>Number of bytes received; null: not a ZIP archive.</returns>
    /// <exception cref="DomainException">There is no space for more.</exception>
    /// <exception cref="ClaimLostException"/>
    public async Task<long?> StoreAsync(Stream body, long? length, CancellationToken cancellationToken)
    {
        try
        {
            var head = await ReadHeadAsync(body, cancellationToken);
            if (!Admission.Begins(archive.Row.FileName, head))
            {
                await DiscardAsync();
                return null;
            }
            await using var whole = new PrefixedStream(head, body);
            await using var metered = new MeteredBody(whole, _counted, MakeRoomAsync, archive.Claim.TouchAsync, clock);
            return await store.PutAsync(archive.Key, metered, length, cancellationToken);
        }
        catch (DomainException refused) when (!archive.IsOwn)
        {
            await FailAsync(refused);
            throw;
        }
        catch
        {
            await DiscardAsync();
            throw;
        }
    }

    /// <summary>The claim was lost after the bytes were stored: delete them, unless another request has stored its own.</summary>
    public async Task ForgetAsync()
    {
        var one = db.Imports.AsNoTracking().Where(i => i.Id == archive.Row.Id).WithJobs(db);
        if (await one.FirstOrDefaultAsync(CancellationToken.None) is not { NeedsBytes: true })
            await store.DeleteAsync(archive.Key, CancellationToken.None);
    }

    /// <summary>The archive has arrived as one object: what had arrived in parts before is not needed.</summary>
    public async Task ForgetPartsAsync()
    {
        foreach (var part in archive.Row.Parts)
            await store.DeleteAsync(ObjectKeys.UploadPart(archive.Row.OrgId, archive.Row.Id, part), CancellationToken.None);
    }

    /// <summary>More bytes have arrived than the plan counts. The lock is held only for this moment, never while bytes arrive.</summary>
    private async Task<long> MakeRoomAsync(long read, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await PlanGate.LockAsync(db, archive.Row.OrgId, cancellationToken);
        var most = await Admission.CheckAsync(db, store, archive.Row.OrgId, read, _counted, read, cancellationToken);
        var room = Math.Min(most, read + Math.Clamp(read, LeastPiece, LargestPiece));
        if (await archive.Claim.Held.ExecuteUpdateAsync(set => set.SetProperty(i => i.Size, room), cancellationToken) == 0)
            throw new ClaimLostException();
        await transaction.CommitAsync(cancellationToken);
        return _counted = room;
    }

    /// <summary>
    /// The connection broke, or the bytes are not an archive. If another request has the claim, the stored object belongs to that
    /// request.
    /// </summary>
    private async Task DiscardAsync()
    {
        if (!await archive.Claim.TryTouchAsync(CancellationToken.None))
            return;
        await store.DeleteAsync(archive.Key, CancellationToken.None);
        if (archive.IsOwn)
        {
            await archive.Claim.Held.ExecuteDeleteAsync(CancellationToken.None);
            return;
        }
        await archive.Claim.Held.ExecuteUpdateAsync(
            set => set.SetProperty(i => i.UploadClaim, (Guid?)null).SetProperty(i => i.Size, archive.Row.Size),
            CancellationToken.None
        );
    }

    private async Task FailAsync(DomainException refused)
    {
        if (!await archive.Claim.TryTouchAsync(CancellationToken.None))
            return;
        await store.DeleteAsync(archive.Key, CancellationToken.None);
        var (row, now) = (archive.Row, clock.GetUtcNow());
        var failure = new Failure(refused.Code, "The upload was stopped", refused.Message, refused.Hint);
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var failed = await archive.Claim.Held.ExecuteUpdateAsync(
            set =>
                set.SetProperty(i => i.State, UploadState.Failed)
                    .SetProperty(i => i.Error, failure)
                    .SetProperty(i => i.StoppedAt, now)
                    .SetProperty(i => i.UploadClaim, (Guid?)null)
                    .SetProperty(i => i.Size, row.Size),
            CancellationToken.None
        );
        if (failed == 0)
            return;
        var happened = WebhookEvents.OfImport(row.OrgId, row.Id, row.DatasetId, refused.Code);
        await db.EnqueueAsync(happened, now, CancellationToken.None);
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        await live.ImportChangedAsync(row.OrgId, row.DatasetId);
    }

    private static async Task<byte[]> ReadHeadAsync(Stream body, CancellationToken cancellationToken)
    {
        var head = new byte[Admission.HeadBytes];
        var read = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return head[..read];
    }
}

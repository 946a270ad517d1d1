using GpuGeek.Domain.Common;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Http.Uploads;

/// <summary>
/// The exclusive right of one request to upload the bytes. It uses SQL statements, not loaded rows: a request that cancels, deletes or
/// takes over the upload wins, and this request notices.
/// </summary>
/// <param name="expected">The upload, while its bytes are expected.</param>
/// <param name="id">Id of this request.</param>
/// <param name="lapses">How long another request may be silent before this one takes over.</param>
internal sealed class UploadClaim<T>(IQueryable<T> expected, Guid id, TimeSpan lapses)
    where T : Upload
{
    /// <summary>The upload, while this request holds the claim.</summary>
    public IQueryable<T> Held => expected.Where(u => u.UploadClaim == id);

    /// <returns>False: another request is uploading, or the bytes are no longer expected.</returns>
    public async Task<bool> TakeAsync(CancellationToken cancellationToken) =>
        await expected
            .Where(u => u.UploadClaim == null || u.UploadActiveAt < DatabaseClock.Now() - lapses)
            .ExecuteUpdateAsync(
                set => set.SetProperty(u => u.UploadClaim, id).SetProperty(u => u.UploadActiveAt, _ => DatabaseClock.Now()),
                cancellationToken
            ) == 1;

    /// <summary>Renews the claim while bytes arrive.</summary>
    /// <exception cref="ClaimLostException"/>
    public async Task TouchAsync(CancellationToken cancellationToken)
    {
        if (!await TryTouchAsync(cancellationToken))
            throw new ClaimLostException();
    }

    /// <summary>Another request may send the next bytes.</summary>
    public Task ReleaseAsync() => Held.ExecuteUpdateAsync(set => set.SetProperty(u => u.UploadClaim, (Guid?)null), CancellationToken.None);

    /// <returns>Whether the claim is still held.</returns>
    public async Task<bool> TryTouchAsync(CancellationToken cancellationToken) =>
        await Held.ExecuteUpdateAsync(set => set.SetProperty(u => u.UploadActiveAt, _ => DatabaseClock.Now()), cancellationToken) == 1;
}

/// <summary>The upload was cancelled, ended or taken over while its bytes arrived.</summary>
internal sealed class ClaimLostException() : Exception("Another request has taken over the upload, or the upload has ended.");

internal static class UploadAnswers
{
    /// <summary>The response to the second of two requests that upload the same bytes.</summary>
    public static ProblemHttpResult UnderWay(HttpContext http, Upload upload, TimeSpan lapses, DateTimeOffset now)
    {
        var left = lapses - (now - (upload.UploadActiveAt ?? now));
        var seconds = (int)Math.Clamp(Math.Ceiling(left.TotalSeconds), 1, lapses.TotalSeconds);
        http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Problems.Conflict(
            "upload_under_way",
            "Another request is already sending the bytes of this upload.",
            $"Wait until it ends. If it was interrupted, send the bytes again in {seconds} seconds."
        );
    }
}

using GpuGeek.Domain.Common;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Http.Uploads;

/// <summary>
/// The right of one request to bring the bytes of an upload. Statements and no loaded rows: whoever cancels, deletes or takes over the
/// upload meanwhile wins, and this request finds out.
/// </summary>
/// <param name="expected">The upload, as long as its bytes are expected.</param>
/// <param name="id">Names this request.</param>
internal sealed class UploadClaim<T>(IQueryable<T> expected, Guid id)
    where T : Upload
{
    /// <summary>The upload, as long as this request may bring its bytes.</summary>
    public IQueryable<T> Held => expected.Where(u => u.UploadClaim == id);

    /// <returns>False: another request brings the bytes, or they are not expected any more.</returns>
    public async Task<bool> TakeAsync(CancellationToken cancellationToken) =>
        await expected
            .Where(u => u.UploadClaim == null || u.UploadActiveAt < DatabaseClock.Now() - Upload.ClaimLapses)
            .ExecuteUpdateAsync(
                set => set.SetProperty(u => u.UploadClaim, id).SetProperty(u => u.UploadActiveAt, _ => DatabaseClock.Now()),
                cancellationToken
            ) == 1;

    /// <summary>Bytes are still coming.</summary>
    /// <exception cref="ClaimLostException"/>
    public async Task TouchAsync(CancellationToken cancellationToken)
    {
        if (!await TryTouchAsync(cancellationToken))
            throw new ClaimLostException();
    }

    /// <returns>Whether the claim is still held.</returns>
    public async Task<bool> TryTouchAsync(CancellationToken cancellationToken) =>
        await Held.ExecuteUpdateAsync(set => set.SetProperty(u => u.UploadActiveAt, _ => DatabaseClock.Now()), cancellationToken) == 1;
}

/// <summary>The upload was canceled, ended or taken over while its bytes came.</summary>
internal sealed class ClaimLostException() : Exception("Another request or the end of the upload took the claim.");

internal static class UploadAnswers
{
    /// <summary>Of two requests with the bytes of one upload, the second.</summary>
    public static ProblemHttpResult UnderWay(HttpContext http, Upload upload, DateTimeOffset now)
    {
        var left = Upload.ClaimLapses - (now - (upload.UploadActiveAt ?? now));
        var seconds = (int)Math.Clamp(Math.Ceiling(left.TotalSeconds), 1, Upload.ClaimLapses.TotalSeconds);
        http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Problems.Conflict(
            "upload_under_way",
            "Another request is sending the bytes of this upload.",
            $"Wait for its end. If it has broken off, send the bytes again in {seconds} seconds."
        );
    }
}

using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Uploads;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class ImportMapping
{
    public static string Address(string org, Import import) => $"/api/v1/orgs/{org}/datasets/{import.DatasetId}/imports/{import.Id}";

    public static Task<Guid> ProjectAsync(GpuGeekDbContext db, Guid dataset, CancellationToken cancellationToken) =>
        db.Datasets.Where(d => d.Id == dataset).Select(d => d.ProjectId).SingleAsync(cancellationToken);

    /// <summary>The uploads that this person may send bytes to.</summary>
    public static IQueryable<Import> OfUploader(this IQueryable<Import> imports, Guid user) =>
        imports.Where(i => i.UploaderId == null || i.UploaderId == user);

    /// <summary>The right to send the bytes of one import, while they are expected.</summary>
    public static UploadClaim<Import> Claim(this IQueryable<Import> one, TimeSpan lapses, TimeProvider clock) =>
        new(one.Where(i => i.State == UploadState.Uploading), Guid.CreateVersion7(clock.GetUtcNow()), lapses);

    public static byte[] ToCsv(IEnumerable<SkippedFile> files) =>
        Csv.Write(["path", "code", "reason", "hint"], files.Select(f => new[] { f.Path, f.Code, f.Reason, f.Hint }));
}

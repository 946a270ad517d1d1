using GpuGeek.Api.Http;
using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class ImportMapping
{
    public static string Address(string org, Import import) => $"/api/v1/orgs/{org}/datasets/{import.DatasetId}/imports/{import.Id}";

    public static Task<Guid> ProjectAsync(GpuGeekDbContext db, Guid dataset, CancellationToken cancellationToken) =>
        db.Datasets.Where(d => d.Id == dataset).Select(d => d.ProjectId).SingleAsync(cancellationToken);

    public static byte[] ToCsv(IEnumerable<SkippedFile> files) =>
        Csv.Write(["path", "code", "reason", "hint"], files.Select(f => new[] { f.Path, f.Code, f.Reason, f.Hint }));
}

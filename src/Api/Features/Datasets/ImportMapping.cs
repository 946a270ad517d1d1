using GpuGeek.Api.Http;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Api.Features.Datasets;

internal static class ImportMapping
{
    public static string Address(string org, Import import) => $"/api/v1/orgs/{org}/datasets/{import.DatasetId}/imports/{import.Id}";

    public static ImportResponse ToResponse(Import i, string org, IReadOnlyList<ClassCount> classes) =>
        new(
            i.Id,
            i.DatasetId,
            i.FileName,
            i.Size,
            i.State.ToString().ToLowerInvariant(),
            i.Progress,
            i.Accepted,
            i.Skipped,
            classes,
            i.Error?.ToResponse(),
            i.State == ImportState.Uploading
                ? $"/api/v1/orgs/{org}/datasets/{i.DatasetId}/imports/{Uri.EscapeDataString(i.FileName)}?import={i.Id}"
                : null,
            i.CreatedAt,
            i.StartedAt,
            i.FinishedAt,
            i.RetryUntil
        );

    public static byte[] ToCsv(IEnumerable<SkippedFile> files) =>
        Csv.Write(["path", "code", "reason", "hint"], files.Select(f => new[] { f.Path, f.Code, f.Reason, f.Hint }));
}

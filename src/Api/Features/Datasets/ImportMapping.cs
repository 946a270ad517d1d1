using System.Text;
using GpuGeek.Api.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Api.Features.Datasets;

internal static class ImportMapping
{
    public static string Address(string org, Import import) => $"/api/v1/orgs/{org}/datasets/{import.DatasetId}/imports/{import.Id}";

    public static ImportResponse ToResponse(Import i, string org, IReadOnlyList<ClassCount> classes) => new(
        i.Id, i.DatasetId, i.FileName, i.Size, i.State.ToString().ToLowerInvariant(), i.Progress, i.Accepted, i.Skipped, classes,
        i.Error?.ToResponse(),
        i.State == ImportState.Uploading ? $"/api/v1/orgs/{org}/datasets/{i.DatasetId}/imports/{Uri.EscapeDataString(i.FileName)}?import={i.Id}" : null,
        i.CreatedAt, i.StartedAt, i.FinishedAt);

    public static string Csv(IEnumerable<SkippedFile> files)
    {
        var text = new StringBuilder("path,code,reason,hint\r\n");
        foreach (var file in files) text.AppendJoin(',', new[] { file.Path, file.Code, file.Reason, file.Hint ?? "" }.Select(Cell)).Append("\r\n");
        return text.ToString();
    }

    // A cell that a spreadsheet would run as a formula gets an apostrophe (OWASP ASVS 1.2.10).
    private static string Cell(string value)
    {
        var safe = value is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + value : value;
        return safe.AsSpan().ContainsAny("\",\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}

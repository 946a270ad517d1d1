using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Uploads;
using GpuGeek.Api.Shared;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>The response to a request whose bytes are not wanted.</summary>
internal static class ImportAnswers
{
    /// <param name="lapses">How long the request that sends the bytes now may be silent.</param>
    public static ProblemHttpResult NotTaken(ImportWithJob? import, HttpContext http, TimeSpan lapses, TimeProvider clock) =>
        import switch
        {
            null => Problems.NotFound(),
            { Import.State: UploadState.Uploading } => UploadAnswers.UnderWay(http, import.Import, lapses, clock.GetUtcNow()),
            _ => Ended(import, 409),
        };

    /// <param name="status">409, or 410 where the protocol of the request asks for it.</param>
    public static ProblemHttpResult Ended(ImportWithJob import, int status)
    {
        var (code, detail, hint) = import switch
        {
            { Import.State: UploadState.Canceled } or { Job.State: JobState.Canceled } => (
                "import_canceled",
                "The import was cancelled.",
                "Start another import."
            ),
            { Import.State: UploadState.Failed } or { Job.State: JobState.Failed } => (
                "import_failed",
                $"The import has failed: {import.Error?.Detail ?? "unknown error."}",
                import.RetryUntil is null ? "Start another import." : "The upload is kept: retry the import, or start another."
            ),
            _ => ("import_started", "This import has already received its upload.", "Start another import."),
        };
        return Problems.Of(status, code, "Conflict with the current state", detail, hint);
    }
}

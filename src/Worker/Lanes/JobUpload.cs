using GpuGeek.Domain.Common;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;

namespace GpuGeek.Worker.Lanes;

/// <summary>The uploaded file that a job processes.</summary>
internal static class JobUpload
{
    private static readonly Failure Missing = new(
        "upload_missing",
        "The upload is missing",
        "The uploaded file is no longer in the object store.",
        "Upload it again."
    );

    /// <summary>Copies it into the job's directory.</summary>
    /// <param name="parts">Names of its parts; empty: it is one object.</param>
    /// <param name="path">There.</param>
    /// <returns>Why it cannot be processed; null: it is there.</returns>
    public static async Task<Failure?> BringAsync(
        IObjectStore store,
        HeldJob job,
        IReadOnlyList<Guid> parts,
        string path,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await StoredUploads.DownloadAsync(store, job.Row.OrgId, job.Row.Id, parts, path, cancellationToken);
            return null;
        }
        catch (ObjectNotFoundException)
        {
            return Missing;
        }
    }

    /// <summary>After the job's end: it is deleted unless the job can be retried.</summary>
    public static Task DeleteUnlessKeptAsync(IObjectStore store, HeldJob job, CancellationToken cancellationToken) =>
        job.Row.RetryUntil is null ? StoredUploads.DeleteAsync(store, job.Row.OrgId, job.Row.Id, cancellationToken) : Task.CompletedTask;
}

using System.Globalization;
using System.Text.Json;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Weights;
using GpuGeek.Worker.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Weights;

/// <summary>Processes a weights file from its claim to its report. The file is untrusted: a child process with limits reads it.</summary>
internal sealed partial class WeightsReading(
    WeightsLeases leases,
    IObjectStore store,
    TimeProvider clock,
    IOptions<WorkerOptions> options,
    ILogger<WeightsReading> logger
)
{
    /// <summary>Two deaths: the file itself may crash the child.</summary>
    public const int MaxDeaths = 2;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    public async Task ReadAsync(ClaimedWeights claim, CancellationToken draining)
    {
        var folder = Path.Combine(options.Value.Uploads, claim.Id.ToString("N"));
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
            await ReadAsync(claim, folder, draining);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            await leases.GiveBackAsync(claim, CancellationToken.None);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private async Task ReadAsync(ClaimedWeights claim, string folder, CancellationToken draining)
    {
        var (file, answer) = (Path.Combine(folder, "weights"), Path.Combine(folder, "report.json"));
        if (claim.Restarts.Lapses >= Restartable.MaxLapses)
        {
            claim.Restarts.Keep(clock.GetUtcNow());
            await EndAsync(claim, null, null, WorkerFailed);
            return;
        }
        try
        {
            await store.DownloadAsync(ObjectKeys.Upload(claim.OrgId, claim.Id), file, draining);
        }
        catch (ObjectNotFoundException)
        {
            await EndAsync(
                claim,
                null,
                null,
                new(
                    "upload_missing",
                    "The upload is missing",
                    "The uploaded bytes are no longer in the object store.",
                    "Upload the file again."
                )
            );
            return;
        }
        if (await InspectAsync(claim, folder, file, answer, draining) is not { } exitCode)
            return;
        var (report, error) = Answer(answer);
        if (report is not null)
            await EndAsync(claim, report, await store.PutContentAsync(claim.OrgId, file, draining), null);
        else if (error is not null)
            await EndAsync(claim, null, null, error);
        else
            await ChildDiedAsync(claim, exitCode);
    }

    private async Task ChildDiedAsync(ClaimedWeights claim, int exitCode)
    {
        if (claim.Restarts.CountDeath(MaxDeaths))
        {
            claim.Restarts.Keep(clock.GetUtcNow());
            await EndAsync(claim, null, null, Broken(exitCode));
        }
        else
            await leases.GiveBackAsync(claim, CancellationToken.None);
    }

    /// <returns>The child's exit code; null if this worker no longer owns the file.</returns>
    private async Task<int?> InspectAsync(ClaimedWeights claim, string folder, string file, string answer, CancellationToken draining)
    {
        var child = ChildProcess.Start(InspectionChild.Spec(new(file, claim.Asked, answer), Path.Combine(folder, "log.txt")));
        try
        {
            var begun = clock.GetTimestamp();
            while (!child.Exited.IsCompleted && clock.GetElapsedTime(begun) < Longest)
            {
                await Task.WhenAny(child.Exited, Task.Delay(RenewEvery, clock, draining));
                draining.ThrowIfCancellationRequested();
                if (!await leases.RenewAsync(claim, draining))
                    return null;
            }
        }
        finally
        {
            child.Kill();
            await child.Exited;
        }
        return await child.Exited;
    }

    private static (WeightsReport? Report, Failure? Error) Answer(string path)
    {
        if (!File.Exists(path))
            return (null, null);
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.TryGetProperty("error", out var error)
            ? (null, error.Deserialize<Failure>(RunDirectory.Json))
            : (json.RootElement.Deserialize<WeightsReport>(RunDirectory.Json), null);
    }

    private async Task EndAsync(ClaimedWeights claim, WeightsReport? report, string? hash, Failure? error)
    {
        if (
            await leases.EndAsync(claim, report, hash, error, clock.GetUtcNow(), CancellationToken.None)
            && claim.Restarts.RetryUntil is null
        )
            await store.DeleteAsync(ObjectKeys.Upload(claim.OrgId, claim.Id), CancellationToken.None);
        LogRead(claim.Id, error?.Code ?? "ready");
    }

    private static Failure Broken(int exitCode) =>
        new(
            "inspection_broken_off",
            "The file could not be read",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The process that reads the file died {MaxDeaths} times, the last time with exit code {exitCode}."
            ),
            "The upload is kept for 7 days: try again. The file may be malicious, or too large for this machine: save it again "
                + "with torch.save(model.state_dict(), path)."
        );

    private static readonly Failure WorkerFailed = new(
        "worker_failed",
        "The worker failed repeatedly",
        $"The worker died or lost the file {Restartable.MaxLapses} times while it read the file.",
        "The upload is kept for 7 days: try again when the worker works again. The operator finds the reason in the worker's log."
    );

    [LoggerMessage(LogLevel.Information, "Reading weights {WeightsId} finished: {Outcome}")]
    private partial void LogRead(Guid weightsId, string outcome);
}

using System.Globalization;
using System.Text.Json;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Runs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Imports;

/// <summary>Runs an import from its claim to its end.</summary>
internal sealed partial class ImportSupervisor(
    ImportLeases leases,
    ImportRows rows,
    IDbContexts contexts,
    IObjectStore store,
    DiskSpace disk,
    TimeProvider clock,
    IOptions<WorkerOptions> options,
    ILogger<ImportSupervisor> logger
)
{
    /// <summary>Two deaths: the archive itself may crash the child.</summary>
    public const int MaxDeaths = 2;

    /// <summary>A picture at the limits takes some 300 MB while it is decoded, and two are decoded at a time.</summary>
    private const long AddressSpace = 6L << 30;
    private const long HeapLimit = 1L << 30;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(1);

    public async Task SuperviseAsync(ClaimedImport claim, CancellationToken draining)
    {
        var directory = new ImportDirectory(Path.Combine(options.Value.Imports, claim.Id.ToString("N")));
        try
        {
            await ImportAsync(claim, directory, draining);
        }
        catch (StaleImportException)
        {
            LogLost(claim.Id);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            await leases.GiveBackAsync(claim, CancellationToken.None);
        }
        catch (Exception full) when (DiskSpace.IsFull(full))
        {
            // Not the archive's fault: it waits in the queue until there is space.
            LogNoRoom(claim.Id);
            await leases.GiveBackAsync(claim, CancellationToken.None);
        }
        finally
        {
            if (Directory.Exists(directory.Root))
                Directory.Delete(directory.Root, recursive: true);
        }
    }

    private async Task ImportAsync(ClaimedImport claim, ImportDirectory directory, CancellationToken draining)
    {
        LogClaimed(claim.Id, claim.Attempt);
        if (claim.Restarts.Lapses >= Restartable.MaxLapses)
        {
            claim.Restarts.Keep(clock.GetUtcNow());
            await EndAsync(claim, ImportState.Failed, WorkerFailed, []);
            return;
        }
        await leases.BeginAsync(claim, draining);
        if (await PrepareAsync(claim, directory, draining) is { } failure)
        {
            await EndAsync(claim, ImportState.Failed, failure, []);
            return;
        }
        var quota = await ImportQuota.ReadAsync(contexts, claim, clock, draining);
        var session = new ImportSession(claim, directory, rows, quota, store, clock);
        var (canceled, exitCode) = await WatchAsync(claim, directory, session, draining);
        if (canceled)
            await EndAsync(claim, ImportState.Canceled, null, session.CreatedClasses);
        else
            await DecideAsync(claim, session, exitCode);
    }

    private async Task DecideAsync(ClaimedImport claim, ImportSession session, int exitCode)
    {
        if (session.Failure is { } refused)
            await EndAsync(claim, ImportState.Failed, refused, session.CreatedClasses);
        else if (session.Done && session.Accepted + session.Duplicates == 0)
            await EndAsync(claim, ImportState.Failed, NoPictures, session.CreatedClasses);
        else if (session.Done)
            await EndAsync(claim, ImportState.Succeeded, null, []);
        else if (exitCode == ImportSpec.DiskFull)
            throw new DiskFullException(options.Value.Imports);
        else if (await leases.ChildDiedAsync(claim, Crashed(exitCode), session.CreatedClasses, CancellationToken.None))
            LogEnded(claim.Id, ImportState.Failed);
    }

    private async Task<Failure?> PrepareAsync(ClaimedImport claim, ImportDirectory directory, CancellationToken cancellationToken)
    {
        if (Directory.Exists(directory.Root))
            Directory.Delete(directory.Root, recursive: true);
        Directory.CreateDirectory(directory.Root);
        var isSample = claim.Source == ImportSource.Sample;
        var spec = new ImportSpec
        {
            Sample = isSample ? claim.FileName : null,
            Archive = isSample ? null : directory.Archive,
            ReserveBytes = disk.Reserve,
        };
        await File.WriteAllBytesAsync(directory.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, ImportDirectory.Json), cancellationToken);
        if (isSample)
            return null;
        try
        {
            await store.DownloadAsync(ObjectKeys.Upload(claim.OrgId, claim.Id), directory.Archive, cancellationToken);
            return null;
        }
        catch (ObjectNotFoundException)
        {
            return new(
                "upload_missing",
                "The upload is missing",
                "The uploaded archive is no longer in the object store.",
                "Upload it again."
            );
        }
    }

    private async Task<(bool Canceled, int ExitCode)> WatchAsync(
        ClaimedImport claim,
        ImportDirectory directory,
        ImportSession session,
        CancellationToken draining
    )
    {
        var child = ChildProcess.Start(Spec(directory));
        try
        {
            var renewed = clock.GetTimestamp();
            if (await leases.RenewAsync(claim, draining))
                return (true, 0);
            // Checks first whether the child has exited, then reads its events, so that the last ones are always read.
            while (session.Failure is null)
            {
                var ended = child.Exited.IsCompleted;
                var more = await session.PumpOnceAsync(draining);
                if (ended && !more)
                    break;
                if (clock.GetElapsedTime(renewed) >= RenewEvery)
                {
                    renewed = clock.GetTimestamp();
                    if (await DatabaseRetry.RunAsync(() => leases.RenewAsync(claim, draining), clock, draining))
                        return (true, 0);
                }
                if (!more)
                    await Task.WhenAny(child.Exited, Task.Delay(Look, clock, draining));
                draining.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            child.Kill();
            await child.Exited;
        }
        return (false, await child.Exited);
    }

    private async Task EndAsync(ClaimedImport claim, ImportState state, Failure? error, IReadOnlyCollection<Guid> createdClasses)
    {
        await leases.EndAsync(claim, state, error, createdClasses, CancellationToken.None);
        if (claim.Restarts.RetryUntil is null)
            await store.DeleteAsync(ObjectKeys.Upload(claim.OrgId, claim.Id), CancellationToken.None);
        LogEnded(claim.Id, state);
    }

    private static ChildSpec Spec(ImportDirectory directory) =>
        new()
        {
            Name = "import",
            FileName = OwnExecutable.Path,
            Arguments = ["import", directory.Root],
            LogFile = directory.Log,
            Nice = 5,
            AddressSpace = AddressSpace,
            // Without its own limit, the garbage collector reserves far more address space than the process may have.
            Environment = { ["DOTNET_GCHeapHardLimit"] = HeapLimit.ToString("x", CultureInfo.InvariantCulture) },
        };

    private static readonly Failure NoPictures = new(
        "no_pictures",
        "No picture was found",
        "None of the files could be imported as a picture of a class; the list of skipped files has the reason for each.",
        "Pack a folder that contains one folder of pictures per class, such as cats/001.jpg and dogs/001.jpg."
    );

    private static Failure Crashed(int exitCode) =>
        new(
            "import_crashed",
            "The import failed repeatedly",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The process that reads the archive died {MaxDeaths} times, the last time with exit code {exitCode}."
            ),
            "The upload is kept for 7 days: retry the import. If it fails again, a file in the archive may be the cause: import "
                + "the archive in parts to find it."
        );

    private static readonly Failure WorkerFailed = new(
        "worker_failed",
        "The worker failed repeatedly",
        $"The worker died or lost the import {Restartable.MaxLapses} times while it read the archive.",
        "The upload is kept for 7 days: retry the import when the worker works again. The operator finds the reason in the worker's log."
    );

    [LoggerMessage(LogLevel.Information, "Import {ImportId} claimed, attempt {Attempt}")]
    private partial void LogClaimed(Guid importId, int attempt);

    [LoggerMessage(LogLevel.Information, "Import {ImportId} ended: {State}")]
    private partial void LogEnded(Guid importId, ImportState state);

    [LoggerMessage(LogLevel.Warning, "Disk full: import {ImportId} waits until space is freed")]
    private partial void LogNoRoom(Guid importId);

    [LoggerMessage(LogLevel.Warning, "Lease of import {ImportId} lost; another worker may own it")]
    private partial void LogLost(Guid importId);
}

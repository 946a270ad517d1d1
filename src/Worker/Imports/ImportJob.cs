using System.Globalization;
using System.Text.Json;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Infrastructure.Webhooks;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Imports.Labels;
using GpuGeek.Worker.Lanes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Imports;

/// <summary>Imports one archive. A child process reads it.</summary>
internal sealed class ImportJob(HeldJob job, IDbContexts contexts, IObjectStore store, DiskSpace disk, TimeProvider clock) : ILightJob
{
    /// <summary>A picture at the limits takes some 300 MB while it is decoded, and two are decoded at a time.</summary>
    private const long AddressSpace = 6L << 30;
    private const long HeapLimit = 1L << 30;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private readonly ImportRows _rows = new(job, clock);
    private IReadOnlyCollection<Guid> _createdClasses = [];

    public async Task<JobEnd> RunAsync(CancellationToken stop)
    {
        await _rows.BeginAsync(stop);
        if (await PrepareAsync(stop) is { } failure)
            return new JobEnd.Failed(failure);
        var quota = await ImportQuota.ReadAsync(contexts, job.Row, clock, stop);
        var session = new ImportSession(job, _rows, quota, store);
        int exitCode;
        try
        {
            exitCode = await ChildWork.RunAsync(
                Child(job.Directory),
                Longest,
                clock,
                stop,
                () => session.PumpOnceAsync(stop),
                () => session.Failure is not null
            );
        }
        finally
        {
            _createdClasses = session.CreatedClasses;
        }
        return session switch
        {
            { Failure: { } refused } => new JobEnd.Failed(refused),
            { Done: true, Accepted: 0, Duplicates: 0 } => new JobEnd.Failed(NoPictures),
            { Done: true } => new JobEnd.Succeeded(),
            _ when exitCode == ImportSpec.DiskFull => throw new DiskFullException(job.Directory.Root),
            _ => new JobEnd.Died(exitCode),
        };
    }

    public async Task WriteEndAsync(GpuGeekDbContext db, JobEnd end, CancellationToken cancellationToken)
    {
        if (end is not JobEnd.Succeeded)
            await _rows.TakeBackAsync(db, _createdClasses, cancellationToken);
        var code = (end as JobEnd.Failed)?.Failure.Code;
        // A cancelled import is reported to the person who cancelled it.
        if (end is not JobEnd.Canceled)
            await db.EnqueueAsync(
                WebhookEvents.OfImport(job.Row.OrgId, job.Row.Id, job.Row.DatasetId!.Value, code),
                clock.GetUtcNow(),
                cancellationToken
            );
    }

    public Task CleanUpAsync(CancellationToken cancellationToken) => JobUpload.DeleteUnlessKeptAsync(store, job, cancellationToken);

    public Failure DiedTooOften(int exitCode) =>
        new(
            "import_crashed",
            "The import failed repeatedly",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The process that reads the archive died {JobLane.MaxDeaths} times, the last time with exit code {exitCode}."
            ),
            "The upload is kept for 7 days: retry the import. If it fails again, a file in the archive may be the cause: import "
                + "the archive in parts to find it."
        );

    private async Task<Failure?> PrepareAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var import = await db
            .Imports.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(i => i.OrgId == job.Row.OrgId && i.Id == job.Row.Id, cancellationToken);
        var isSample = import.Source == ImportSource.Sample;
        var isTable = !isSample && ImportFiles.IsTable(import.FileName);
        var spec = new ImportSpec
        {
            Sample = isSample ? import.FileName : null,
            Archive = isSample || isTable ? null : job.Directory.Input,
            Table = isTable ? new(job.Directory.Input, import.FileName, await WritePicturesAsync(db, cancellationToken)) : null,
            ReserveBytes = disk.Reserve,
        };
        await File.WriteAllBytesAsync(job.Directory.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, ImportSpec.Json), cancellationToken);
        return isSample ? null : await JobUpload.BringAsync(store, job, import.Parts, cancellationToken);
    }

    /// <returns>Path of a file with the dataset's pictures.</returns>
    private async Task<string> WritePicturesAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        var path = Path.Combine(job.Directory.Root, "pictures.jsonl");
        await using var file = File.Create(path);
        var pictures = db
            .DatasetImages.IgnoreTenantFilter()
            .AsNoTracking()
            .Where(i => i.OrgId == job.Row.OrgId && i.DatasetId == job.Row.DatasetId)
            .OrderBy(i => i.Id)
            .Join(
                db.DatasetClasses.IgnoreTenantFilter(),
                i => new { i.OrgId, Id = i.ClassId },
                c => new { c.OrgId, c.Id },
                (i, c) => new KnownPicture(i.Id, c.Name, i.FileName)
            );
        await foreach (var picture in pictures.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(file, picture, ImportSpec.Json, cancellationToken);
            file.WriteByte((byte)'\n');
        }
        return path;
    }

    private static ChildSpec Child(JobDirectory directory) =>
        new()
        {
            Name = "import",
            FileName = OwnExecutable.Path,
            Arguments = ["import", directory.Root],
            LogFile = directory.Log,
            Nice = 5,
            AddressSpace = AddressSpace,
            HeapLimit = HeapLimit,
            // Of pictures of several megabytes, the collector would leave as many lie as the limit allows.
            Environment = new(StringComparer.Ordinal) { ["DOTNET_GCConserveMemory"] = "9" },
        };

    private static readonly Failure NoPictures = new(
        "no_pictures",
        "No picture was found",
        "None of the files could be imported as a picture of a class; the list of skipped files has the reason for each.",
        "Pack a folder that contains one folder of pictures per class, such as cats/001.jpg and dogs/001.jpg."
    );
}

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
    private VersionRestore? _restore;
    private ImportFindings? _findings;

    public async Task<JobEnd> RunAsync(CancellationToken stop)
    {
        await _rows.BeginAsync(stop);
        var import = await ReadAsync(stop);
        if (await PrepareAsync(import, stop) is { } failure)
            return new JobEnd.Failed(failure);
        if (import.IsChecked && await CheckAsync(import, stop) is { } end)
            return end;
        return await ImportAsync(import, stop);
    }

    /// <returns>Null: there is nothing to decide, and the import begins.</returns>
    private async Task<JobEnd?> CheckAsync(Import import, CancellationToken stop)
    {
        var check = new ImportCheck(job, import, contexts);
        var exitCode = await RunChildAsync(() => check.PumpOnceAsync(stop), () => check.Failure is not null, stop);
        if (check is { Failure: { } refused })
            return new JobEnd.Failed(refused);
        if (!check.Done)
            return EndOf(exitCode);
        var findings = await check.FindingsAsync(stop);
        if (check.HasPictures && (import.Review == ImportReview.Always || findings.HasConflicts(import.Unlabelled)))
        {
            _findings = findings;
            job.Row.Keep(clock.GetUtcNow());
            return new JobEnd.Succeeded();
        }
        File.Delete(job.Directory.Events);
        await WriteSpecAsync(Spec(import, isCheck: false), stop);
        return null;
    }

    private async Task<JobEnd> ImportAsync(Import import, CancellationToken stop)
    {
        var quota = await ImportQuota.ReadAsync(contexts, job.Row, clock, stop);
        var session = new ImportSession(job, import, _restore, _rows, quota, store);
        int exitCode;
        try
        {
            exitCode = await RunChildAsync(() => session.PumpOnceAsync(stop), () => session.Failure is not null, stop);
        }
        finally
        {
            _createdClasses = session.CreatedClasses;
        }
        return session switch
        {
            { Failure: { } refused } => new JobEnd.Failed(refused),
            { Done: true, Accepted: 0, Duplicates: 0 } when _restore is null => new JobEnd.Failed(NoPictures),
            { Done: true } => new JobEnd.Succeeded(),
            _ => EndOf(exitCode),
        };
    }

    private JobEnd.Died EndOf(int exitCode) =>
        exitCode == ImportSpec.DiskFull ? throw new DiskFullException(job.Directory.Root) : new JobEnd.Died(exitCode);

    private Task<int> RunChildAsync(Func<Task<bool>> pump, Func<bool> isOver, CancellationToken stop) =>
        ChildWork.RunAsync(Child(job.Directory), Longest, clock, stop, pump, isOver);

    public async Task WriteEndAsync(GpuGeekDbContext db, JobEnd end, CancellationToken cancellationToken)
    {
        if (_findings is { } findings && end is JobEnd.Succeeded)
        {
            await db
                .Imports.IgnoreTenantFilter()
                .Where(i => i.OrgId == job.Row.OrgId && i.Id == job.Row.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.Findings, findings), cancellationToken);
            return;
        }
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

    private async Task<Import> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        return await db
            .Imports.IgnoreTenantFilter()
            .AsNoTracking()
            .SingleAsync(i => i.OrgId == job.Row.OrgId && i.Id == job.Row.Id, cancellationToken);
    }

    private async Task<Failure?> PrepareAsync(Import import, CancellationToken cancellationToken)
    {
        if (import.Source == ImportSource.Version)
        {
            await using var db = contexts.System();
            try
            {
                _restore = await VersionRestore.PrepareAsync(job, import, db, store, cancellationToken);
            }
            catch (Exception lost) when (lost is ObjectNotFoundException or DamagedObjectException)
            {
                return PictureMissing;
            }
        }
        else if (import.Source == ImportSource.Upload && IsTable(import))
        {
            await using var db = contexts.System();
            await WritePicturesAsync(db, cancellationToken);
        }
        await WriteSpecAsync(Spec(import, import.IsChecked), cancellationToken);
        if (import.Source != ImportSource.Upload)
            return null;
        if (import.LabelsPart is { } part && await JobUpload.BringAsync(store, job, [part], LabelsPath, cancellationToken) is { } missing)
            return missing;
        return await JobUpload.BringAsync(store, job, import.Parts, job.Directory.Input, cancellationToken);
    }

    private static bool IsTable(Import import) => ImportFiles.IsTable(import.FileName);

    private string PicturesPath => Path.Combine(job.Directory.Root, "pictures.jsonl");
    private string LabelsPath => Path.Combine(job.Directory.Root, "labels");

    private ImportSpec Spec(Import import, bool isCheck)
    {
        var spec = new ImportSpec
        {
            Check = isCheck,
            // What is found without a label is asked about.
            Unlabelled = import.Unlabelled || isCheck,
            Labels = import.LabelsName is { } name ? new(LabelsPath, name) : null,
            ReserveBytes = disk.Reserve,
        };
        return import.Source switch
        {
            ImportSource.Sample => spec with { Sample = import.FileName },
            ImportSource.Version => spec with { Folder = _restore!.Folder },
            _ when IsTable(import) => spec with { Table = new(new(job.Directory.Input, import.FileName), PicturesPath) },
            _ => spec with { Archive = job.Directory.Input },
        };
    }

    private Task WriteSpecAsync(ImportSpec spec, CancellationToken cancellationToken) =>
        File.WriteAllBytesAsync(job.Directory.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, ImportSpec.Json), cancellationToken);

    /// <summary>The dataset's pictures, for the child to find those that a table means.</summary>
    private async Task WritePicturesAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        await using var file = File.Create(PicturesPath);
        var pictures = db
            .DatasetImages.IgnoreTenantFilter()
            .AsNoTracking()
            .Where(i => i.OrgId == job.Row.OrgId && i.DatasetId == job.Row.DatasetId)
            .OrderBy(i => i.Id)
            .Select(i => new KnownPicture(
                i.Id,
                db.DatasetClasses.IgnoreTenantFilter()
                    .Where(c => c.OrgId == i.OrgId && c.Id == i.ClassId)
                    .Select(c => c.Name)
                    .FirstOrDefault(),
                i.FileName
            ));
        await foreach (var picture in pictures.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(file, picture, ImportSpec.Json, cancellationToken);
            file.WriteByte((byte)'\n');
        }
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
            Environment = new(StringComparer.Ordinal) { ["DOTNET_GCConserveMemory"] = "9", ["DOTNET_TieredPGO"] = "0" },
        };

    private static readonly Failure PictureMissing = new(
        "picture_missing",
        "The version cannot be restored",
        "A picture of the version, or its manifest, is missing or damaged in the object store. Nothing was changed.",
        "Restore the object store from a backup, or download the version and import what it still has."
    );

    private static readonly Failure NoPictures = new(
        "no_pictures",
        "No picture was found",
        "None of the files could be imported as a picture of a class; the list of skipped files has the reason for each.",
        "Pack a folder that contains one folder of pictures per class, such as cats/001.jpg and dogs/001.jpg."
    );
}

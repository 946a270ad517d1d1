using System.Runtime.CompilerServices;
using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace GpuGeek.Worker.Tests.Support;

/// <summary>An import with its job.</summary>
internal sealed record ImportRow(Import Import, Job Job)
{
    public JobState State => Job.State;
    public double Progress => Job.Progress;
    public int Accepted => Import.Accepted;
    public int Skipped => Import.Skipped;
    public Failure? Error => Job.Error;
    public long Claims => Job.Fence;
    public bool IsFinished => Job.IsFinished;
}

/// <summary>A fresh organisation with a project, a dataset and a version of a few pictures.</summary>
internal sealed class Tenant
{
    private readonly IDbContexts _contexts;
    private readonly IObjectStore _store;

    private Tenant(IDbContexts contexts, IObjectStore store)
    {
        _contexts = contexts;
        _store = store;
    }

    public Guid OrgId { get; } = NewId();
    public Guid ProjectId { get; } = NewId();
    public Guid DatasetId { get; } = NewId();
    public Guid VersionId { get; } = NewId();
    public string Slug { get; } = $"shop-{NewId():N}"[..30];

    public static async Task<Tenant> CreateAsync(IDbContexts contexts, IObjectStore store, string plan = Plan.Hourly)
    {
        var tenant = new Tenant(contexts, store);
        var now = TimeProvider.System.GetUtcNow();
        await using var db = contexts.System();
        db.Organizations.Add(
            new()
            {
                Id = tenant.OrgId,
                Slug = $"o-{tenant.OrgId:N}",
                Name = "Test",
                PlanCode = plan,
                CreatedAt = now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        db.Projects.Add(
            new()
            {
                OrgId = tenant.OrgId,
                Id = tenant.ProjectId,
                Slug = tenant.Slug,
                Name = "Shop",
                Template = Project.ImageClassification,
                CreatedAt = now,
            }
        );
        db.Datasets.Add(
            new()
            {
                OrgId = tenant.OrgId,
                Id = tenant.DatasetId,
                ProjectId = tenant.ProjectId,
                Name = "Shelf",
                CreatedAt = now,
            }
        );
        db.DatasetVersions.Add(await tenant.VersionAsync(now));
        await db.SaveChangesAsync(Cancel);
        return tenant;
    }

    public async Task<Guid> QueueRunAsync(int priority = 0, bool pretrained = false, string? trace = null, string? device = null)
    {
        await using var db = _contexts.System();
        var run = new Run
        {
            OrgId = OrgId,
            Id = NewId(),
            ProjectId = ProjectId,
            DatasetName = "shapes",
            DatasetVersionNumber = 1,
            DatasetVersionId = VersionId,
            Name = "run",
            Priority = priority,
            TraceParent = trace,
            Device = device,
            Recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Balanced, ["transfer.pretrained"] = pretrained }),
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        db.Runs.Add(run);
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }

    /// <param name="change">Before it is saved; an import that is uploading has no job.</param>
    /// <param name="changeJob">Before the job is saved.</param>
    public async Task<Guid> QueueImportAsync(
        byte[]? archive,
        string name = "pictures.zip",
        Action<Import>? change = null,
        Action<Job>? changeJob = null
    )
    {
        var import = new Import
        {
            OrgId = OrgId,
            Id = NewId(),
            DatasetId = DatasetId,
            Source = archive is null ? ImportSource.Sample : ImportSource.Upload,
            FileName = name,
            Size = archive?.Length ?? 0,
            State = UploadState.Received,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        change?.Invoke(import);
        var job = Job.Of(import, ProjectId, OrgId, import.CreatedAt);
        changeJob?.Invoke(job);
        foreach (var (key, bytes) in archive is null ? [] : Objects(import, archive))
            await _store.PutAsync(key, new MemoryStream(bytes), Cancel);
        await using var db = _contexts.System();
        db.Imports.Add(import);
        if (import.State == UploadState.Received)
            db.Jobs.Add(job);
        await db.SaveChangesAsync(Cancel);
        return import.Id;
    }

    private static IEnumerable<(string Key, byte[] Bytes)> Objects(Import import, byte[] archive) =>
        import.Parts.Length == 0
            ? [(ObjectKeys.Upload(import.OrgId, import.Id), archive)]
            : import
                .Parts.Select(part => ObjectKeys.UploadPart(import.OrgId, import.Id, part))
                .Zip(archive.Chunk(archive.Length / import.Parts.Length + 1));

    /// <summary>A weights file whose bytes are none.</summary>
    public async Task<Guid> QueueWeightsAsync(int size)
    {
        var now = TimeProvider.System.GetUtcNow();
        var row = new UploadedWeights
        {
            OrgId = OrgId,
            Id = NewId(),
            ProjectId = ProjectId,
            FileName = "mine.pth",
            Size = size,
            State = UploadState.Received,
            CreatedBy = OrgId,
            CreatedAt = now,
        };
        await _store.PutAsync(ObjectKeys.Upload(OrgId, row.Id), new MemoryStream(new byte[size]), Cancel);
        await using var db = _contexts.System();
        db.UploadedWeights.Add(row);
        db.Jobs.Add(Job.Of(row, now));
        await db.SaveChangesAsync(Cancel);
        return row.Id;
    }

    /// <summary>Stores bytes under their hash.</summary>
    public async Task<string> KeepAsync(byte[] bytes)
    {
        var hash = Manifest.HashOf(bytes);
        await _store.PutAsync(ObjectKeys.Content(OrgId, hash), new MemoryStream(bytes), Cancel);
        return hash;
    }

    public async Task<Run> RunAsync(Guid id)
    {
        await using var db = _contexts.System();
        return await db.Runs.IgnoreTenantFilter().AsNoTracking().SingleAsync(r => r.OrgId == OrgId && r.Id == id, Cancel);
    }

    public async Task<T> QueryAsync<T>(Func<GpuGeekDbContext, Task<T>> query)
    {
        await using var db = _contexts.System();
        return await query(db);
    }

    public Task<Run> WaitForRunAsync(
        Guid id,
        Func<Run, bool> condition,
        [CallerArgumentExpression(nameof(condition))] string expected = ""
    ) =>
        Eventually.HoldsAsync(
            async () =>
            {
                var run = await RunAsync(id);
                if (run.IsFinished && !condition(run))
                    Assert.Fail($"The run ended as {run.State}: {run.Error}");
                return run;
            },
            condition,
            Eventually.TrainingLimit,
            expected
        );

    public Task<Job> JobAsync(Guid id) =>
        QueryAsync(db => db.Jobs.IgnoreTenantFilter().AsNoTracking().SingleAsync(j => j.OrgId == OrgId && j.Id == id, Cancel));

    public Task<int> ChangeJobAsync(Guid id, Action<UpdateSettersBuilder<Job>> set) =>
        QueryAsync(db => db.Jobs.IgnoreTenantFilter().Where(j => j.OrgId == OrgId && j.Id == id).ExecuteUpdateAsync(set, Cancel));

    /// <summary>The next claim is of this job, whatever other tests have left.</summary>
    public Task<int> MakeNextAsync(Guid id) => ChangeJobAsync(id, s => s.SetProperty(j => j.Priority, 1_000_000));

    /// <summary>As a person does who tries again.</summary>
    public Task<int> RetryJobAsync(Guid id) =>
        ChangeJobAsync(
            id,
            s =>
                s.SetProperty(j => j.State, JobState.Queued)
                    .SetProperty(j => j.Error, (Failure?)null)
                    .SetProperty(j => j.FinishedAt, (DateTimeOffset?)null)
                    .SetProperty(j => j.Deaths, 0)
                    .SetProperty(j => j.RetryUntil, (DateTimeOffset?)null)
        );

    public Task<ImportRow> WaitForImportAsync(
        Guid id,
        Func<ImportRow, bool> condition,
        [CallerArgumentExpression(nameof(condition))] string expected = ""
    ) =>
        Eventually.HoldsAsync(
            async () =>
            {
                // The job first: what an import counts is final when its job has ended.
                var job = await JobAsync(id);
                var import = await QueryAsync(db =>
                    db.Imports.IgnoreTenantFilter().AsNoTracking().SingleAsync(i => i.OrgId == OrgId && i.Id == id, Cancel)
                );
                var row = new ImportRow(import, job);
                if (row.IsFinished && !condition(row))
                    Assert.Fail($"The import ended as {row.State}: {row.Error}");
                return row;
            },
            condition,
            expected: expected
        );

    private async Task<DatasetVersion> VersionAsync(DateTimeOffset now)
    {
        var entries = new List<ManifestEntry>();
        for (var i = 0; i < 6; i++)
        {
            byte[] picture = [(byte)i, .. OrgId.ToByteArray()];
            var hash = Manifest.HashOf(picture);
            await _store.PutAsync(ObjectKeys.Content(OrgId, hash), new MemoryStream(picture), Cancel);
            entries.Add(new(hash, i % 2 == 0 ? "cat" : "dog", Splits.All[i / 2]));
        }
        var manifest = Manifest.Write(entries);
        var manifestHash = Manifest.HashOf(manifest);
        await _store.PutAsync(ObjectKeys.Content(OrgId, manifestHash), new MemoryStream(manifest), Cancel);
        return new()
        {
            OrgId = OrgId,
            Id = VersionId,
            DatasetId = DatasetId,
            Number = 1,
            ManifestHash = manifestHash,
            Seed = 0,
            Classes = ["cat", "dog"],
            ImageCount = 6,
            Counts = [],
            CreatedAt = now,
        };
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}

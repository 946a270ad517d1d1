using System.Text;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Worker.Tests.Storage.Purging;

/// <summary>Ids and hashes of what was planted in a project.</summary>
internal sealed record PlantedProject(
    Guid Project,
    Guid Dataset,
    Guid Version,
    Guid Run,
    Guid Model,
    Guid Deployment,
    IReadOnlyList<string> Keys
);

/// <summary>An organisation with a row in every table and an object of every kind.</summary>
internal sealed partial class FullOrganisation(IDbContexts contexts, IObjectStore store)
{
    private readonly Guid _user = NewId();
    private int _count;

    public Guid Id { get; } = NewId();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <param name="shared">Pictures that another project has too.</param>
    public async Task<PlantedProject> AddProjectAsync(params string[] shared)
    {
        var name = $"project {++_count} of {Id}";
        var (project, dataset, label, import, version, run, model, made) = (
            NewId(),
            NewId(),
            NewId(),
            NewId(),
            NewId(),
            NewId(),
            NewId(),
            NewId()
        );
        var keys = new List<string>();
        async Task<string> KeepAsync(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var hash = Manifest.HashOf(bytes);
            foreach (var key in (string[])[ObjectKeys.Content(Id, hash), ObjectKeys.Thumbnail(Id, hash)])
            {
                await store.PutAsync(key, new MemoryStream(bytes), Cancel);
                if (!shared.Contains(text))
                    keys.Add(key);
            }
            return hash;
        }
        async Task KeepAtAsync(string key)
        {
            await store.PutAsync(key, new MemoryStream([1]), Cancel);
            keys.Add(key);
        }

        await using var db = contexts.System();
        db.Projects.Add(
            new()
            {
                OrgId = Id,
                Id = project,
                Slug = $"p-{project:N}"[..30],
                Name = name,
                Template = Project.ImageClassification,
                CreatedAt = Now,
            }
        );
        db.Datasets.Add(
            new()
            {
                OrgId = Id,
                Id = dataset,
                ProjectId = project,
                Name = name,
                CreatedAt = Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        db.DatasetClasses.Add(
            new()
            {
                OrgId = Id,
                Id = label,
                DatasetId = dataset,
                Name = "cat",
            }
        );
        var received = new Import
        {
            OrgId = Id,
            Id = import,
            DatasetId = dataset,
            Source = ImportSource.Upload,
            FileName = "a.zip",
            State = UploadState.Received,
            CreatedAt = Now,
        };
        db.Imports.Add(received);
        db.Jobs.Add(Ended(Job.Of(received, project, _user, Now)));
        await db.SaveChangesAsync(Cancel);
        db.SkippedFiles.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                ImportId = import,
                Path = "a.txt",
                Code = "not_a_picture",
                Reason = "It is none.",
            }
        );
        db.ImageEdits.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                DatasetId = dataset,
                UserId = _user,
                CreatedAt = Now,
                Removes = true,
                Count = 0,
                Before = FormerImages.Write<DatasetImage>([]),
            }
        );
        foreach (var picture in shared.Append("picture of " + name))
            db.DatasetImages.Add(
                new()
                {
                    OrgId = Id,
                    Id = NewId(),
                    DatasetId = dataset,
                    ClassId = label,
                    ImportId = import,
                    Hash = await KeepAsync(picture),
                    FileName = "a.png",
                    Format = "png",
                    Width = 1,
                    Height = 1,
                    Bytes = 1,
                    CreatedAt = Now,
                }
            );
        // The version keeps a picture that was taken out of the dataset.
        var manifest = Manifest.Write([new(await KeepAsync("removed picture of " + name), "cat", "train")]);
        db.DatasetVersions.Add(
            new()
            {
                OrgId = Id,
                Id = version,
                DatasetId = dataset,
                Number = 1,
                ManifestHash = Manifest.HashOf(manifest),
                Seed = 0,
                Classes = ["cat"],
                ImageCount = 1,
                Counts = [],
                CreatedAt = Now,
            }
        );
        await store.PutAsync(ObjectKeys.Content(Id, Manifest.HashOf(manifest)), new MemoryStream(manifest), Cancel);
        keys.Add(ObjectKeys.Content(Id, Manifest.HashOf(manifest)));
        // Over: a queued one would be claimed by the next test's worker.
        var over = new Run
        {
            OrgId = Id,
            Id = run,
            ProjectId = project,
            DatasetVersionId = version,
            DatasetName = name,
            DatasetVersionNumber = 1,
            Name = "run",
            Recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Balanced }),
            CreatedAt = Now,
        };
        over.RequestCancel(Now);
        db.Runs.Add(over);
        await db.SaveChangesAsync(Cancel);
        db.RunLeases.Add(
            new()
            {
                OrgId = Id,
                RunId = run,
                Fence = 1,
            }
        );
        db.MetricPoints.Add(
            new()
            {
                OrgId = Id,
                RunId = run,
                Name = "loss",
                Step = 1,
                Seq = 1,
                Epoch = 1,
                Value = 1,
                At = Now,
            }
        );
        db.RunLogLines.Add(
            new()
            {
                OrgId = Id,
                RunId = run,
                Seq = 2,
                Level = "info",
                Message = "hello",
                At = Now,
            }
        );
        db.UsageIntervals.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                RunId = run,
                RunName = "run",
                Fence = 1,
                Slot = $"slot {run}",
                StartedAt = Now,
                KeptUntil = Now,
                EndedAt = Now,
                PricePerHour = 1,
                Currency = "USD",
            }
        );
        db.Models.Add(
            new()
            {
                OrgId = Id,
                Id = model,
                ProjectId = project,
                Name = $"m-{project:N}"[..30],
                CreatedAt = Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        var result = new RunResult
        {
            TestAccuracy = 1,
            IntervalLow = 0,
            IntervalHigh = 1,
            TestCount = 1,
            ValAccuracy = 1,
            BestEpoch = 1,
            Temperature = 1,
            Confusion =
            [
                [1],
            ],
            PerClass = [],
            OnnxHash = "",
            OnnxMaxDifference = 0,
            TrainSeconds = 1,
        };
        db.ModelVersions.Add(
            new()
            {
                OrgId = Id,
                Id = made,
                ModelId = model,
                Number = 1,
                RunId = run,
                DatasetVersionId = version,
                Architecture = "resnet18",
                Result = result,
                OnnxBytes = 1,
                CreatedAt = Now,
                Manifest = new()
                {
                    Model = name,
                    Version = 1,
                    Architecture = "resnet18",
                    Classes = ["cat"],
                    Preprocessing = Preprocessing.ImageNet(224),
                    Temperature = 1,
                    OnnxHash = "",
                },
                OnnxHash = await KeepAsync("onnx of " + name),
                PredictionsHash = await KeepAsync("predictions of " + name),
                WeightsHash = await KeepAsync("weights of " + name),
            }
        );
        await db.SaveChangesAsync(Cancel);
        db.ModelAliases.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                ModelId = model,
                Name = "production",
                ModelVersionId = made,
                SetAt = Now,
            }
        );
        db.Evaluations.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                ModelVersionId = made,
                DatasetVersionId = version,
                Split = "val",
                CreatedAt = Now,
                PredictionsHash = await KeepAsync("evaluation of " + name),
                Pictures = 1,
            }
        );
        var deployment = NewId();
        db.Deployments.Add(
            new()
            {
                OrgId = Id,
                Id = deployment,
                ProjectId = project,
                Name = $"d-{project:N}"[..30],
                ModelVersionId = made,
                CreatedAt = Now,
                UpdatedAt = Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        await AddSharingAsync(db, project, version, run);
        var weights = NewId();
        var uploaded = new UploadedWeights
        {
            OrgId = Id,
            Id = weights,
            ProjectId = project,
            FileName = "a.pth",
            State = UploadState.Received,
            ContentHash = await KeepAsync("uploaded weights of " + name),
            CreatedBy = _user,
            CreatedAt = Now,
        };
        db.UploadedWeights.Add(uploaded);
        db.Jobs.Add(Ended(Job.Of(uploaded, Now)));
        db.Embeddings.Add(
            new()
            {
                OrgId = Id,
                Backbone = NewId().ToByteArray(),
                Picture = Convert.FromHexString(await KeepAsync("picture of " + name)),
                View = 0,
                Vector = [1, 2, 3, 4],
                UsedAt = Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        await KeepAtAsync(ObjectKeys.Upload(Id, weights));
        await KeepAtAsync(ObjectKeys.Upload(Id, import));
        await KeepAtAsync(ObjectKeys.Run(Id, run, 1, "checkpoints/1/weights.bin"));
        await KeepAtAsync(ObjectKeys.Run(Id, run, 2, "checkpoints/2/weights.bin"));
        return new(project, dataset, version, run, model, deployment, keys);
    }

    private static Job Ended(Job job)
    {
        (job.State, job.FinishedAt) = (JobState.Succeeded, Now);
        return job;
    }

    /// <summary>As the API leaves it.</summary>
    public async Task<Guid> DeleteAsync(DeletionKind kind, Guid target)
    {
        await using var db = contexts.System();
        var deletion = new Deletion
        {
            OrgId = Id,
            Id = NewId(),
            Kind = kind,
            TargetId = target,
            Name = "gone",
            RequestedBy = NewId(),
            RequestedByName = "Ann",
            RequestedAt = Now,
            PurgeAt = Now + Deletion.Grace,
        };
        db.Deletions.Add(deletion);
        await db.SaveChangesAsync(Cancel);
        return deletion.Id;
    }

    private static Guid NewId() => Guid.CreateVersion7(Now);
}

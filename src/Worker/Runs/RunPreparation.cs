using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Recipes;
using GpuGeek.Training.Weights;
using GpuGeek.Worker.Embeddings;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>Fills a run directory with everything that the training process needs: it has no access to the database or the
/// store.</summary>
internal sealed class RunPreparation(
    IObjectStore store,
    PictureCache pictures,
    CheckpointTransfer checkpoints,
    WeightsSource weights,
    EmbeddingTransfer embeddings,
    DiskSpace disk,
    IOptions<WorkerOptions> options
)
{
    /// <exception cref="RunCannotStartException">A retry would not help.</exception>
    public async Task PrepareAsync(RunDirectory directory, RunPlan plan, ClaimedRun claim, CancellationToken cancellationToken)
    {
        try
        {
            var entries = await StoredManifest.ReadAsync(store, claim.OrgId, plan.Version.ManifestHash, cancellationToken);
            var images = Path.Combine(directory.Root, "images");
            await pictures.BringAsync(claim.OrgId, [.. entries.Select(e => e.Hash)], images, cancellationToken);
            if (plan.Run.CheckpointKey is { } key)
                await checkpoints.RestoreAsync(directory, key, cancellationToken);
            var file = await WeightsAsync(directory, claim.OrgId, plan.Run.Recipe, plan.Run.StartHash, cancellationToken);
            var spec = Spec(plan, entries, images, file, claim);
            await embeddings.BringAsync(directory, spec, claim.OrgId, cancellationToken);
            WriteSpec(directory, spec);
        }
        catch (WeightsException missing)
        {
            throw new RunCannotStartException(new(missing.Code, "The published weights are not available", missing.Message, missing.Hint));
        }
        catch (ObjectNotFoundException missing)
        {
            throw new RunCannotStartException(
                new("object_missing", "A stored file is missing", missing.Message, "Ask the operator to check the object store's backup.")
            );
        }
        catch (DamagedObjectException damaged)
        {
            throw new RunCannotStartException(
                new("object_damaged", "A stored file is damaged", damaged.Message, "Ask the operator to check the object store's backup.")
            );
        }
        catch (DomainException broken)
        {
            throw new RunCannotStartException(new(broken.Code, "The dataset version cannot be read", broken.Message, broken.Hint));
        }
    }

    /// <summary>Of libtorch in one run.</summary>
    public int Threads => Math.Max(1, Environment.ProcessorCount / options.Value.Slots);

    /// <returns>Null: the run starts from random numbers.</returns>
    public async Task<string?> WeightsAsync(
        RunDirectory directory,
        Guid org,
        Recipe recipe,
        string? startHash,
        CancellationToken cancellationToken
    )
    {
        if (startHash is not null)
        {
            var path = Path.Combine(directory.Root, "start.weights");
            if (!File.Exists(path))
                await store.DownloadAsync(ObjectKeys.Content(org, startHash), path, cancellationToken);
            return path;
        }
        return recipe.Transfer.Pretrained ? await weights.ResolveAsync(recipe.Model.Architecture, cancellationToken) : null;
    }

    private RunSpec Spec(RunPlan plan, List<ManifestEntry> entries, string images, string? weightsFile, ClaimedRun claim)
    {
        var labels = plan
            .Version.Classes.Select((name, index) => (name, index))
            .ToDictionary(c => c.name, c => c.index, StringComparer.Ordinal);
        return new()
        {
            RunId = plan.Run.Id,
            Attempt = plan.Run.Attempt,
            Recipe = plan.Run.Recipe,
            Classes = plan.Version.Classes,
            Images = [.. entries.Select(e => new RunImage(e.Hash, labels[e.Label], e.Split))],
            ImagesDirectory = images,
            PictureCache = pictures.DecodedFolder(plan.Run.OrgId),
            PictureCacheBytes = pictures.Left(),
            WeightsFile = weightsFile,
            Threads = Threads,
            Device = claim.Device.IsGpu ? "cuda" : "cpu",
            ReserveBytes = disk.Reserve,
            Model = plan.ModelName,
            ModelVersion = plan.ModelNumber,
        };
    }

    public static void WriteSpec(RunDirectory directory, RunSpec spec)
    {
        Directory.CreateDirectory(directory.Root);
        File.WriteAllBytes(directory.Spec + ".tmp", JsonSerializer.SerializeToUtf8Bytes(spec, RunDirectory.Json));
        File.Move(directory.Spec + ".tmp", directory.Spec, overwrite: true);
    }
}

internal sealed class RunCannotStartException(Failure failure) : Exception(failure.Detail)
{
    public Failure Failure { get; } = failure;
}

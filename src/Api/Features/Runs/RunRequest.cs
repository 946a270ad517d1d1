using GpuGeek.Api.Http;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Runs;

/// <summary>What a request for a run asks for, looked up and checked.</summary>
/// <param name="Start">Null: the published weights, or random numbers.</param>
internal sealed record RunRequest(Project Project, Guid Dataset, string DatasetName, int VersionNumber, Recipe Recipe, RunStart? Start)
{
    public static async Task<(RunRequest? Request, ProblemHttpResult? Problem)> ReadAsync(
        GpuGeekDbContext db,
        IObjectStore store,
        CreateRunRequest request,
        CancellationToken cancellationToken
    )
    {
        if (await db.Projects.FirstOrDefaultAsync(p => p.Slug == request.Project, cancellationToken) is not { } project)
            return (
                null,
                Problems.Impossible("unknown_project", $"There is no project '{request.Project}'.", "GET …/projects lists them.")
            );
        var known = await (
            from version in db.DatasetVersions
            join dataset in db.Datasets on version.DatasetId equals dataset.Id
            where version.Id == request.DatasetVersion && dataset.ProjectId == project.Id
            select new
            {
                dataset.Id,
                dataset.Name,
                version.Number,
            }
        ).FirstOrDefaultAsync(cancellationToken);
        if (known is null)
            return (
                null,
                Problems.Impossible(
                    "unknown_dataset_version",
                    "The project does not have this dataset version.",
                    "Create one: POST …/datasets/{dataset}/versions."
                )
            );
        var (recipe, start, problem) = await ResolveAsync(db, project.Id, request, cancellationToken);
        problem ??=
            NoGpu(recipe!, request.Device)
            ?? NoSpace(store, recipe!)
            ?? await ArchitectureEndpoints.RefuseAbsentWeightsAsync(db, recipe!, cancellationToken);
        return problem is null ? (new(project, known.Id, known.Name, known.Number, recipe!, start), null) : (null, problem);
    }

    private static async Task<(Recipe?, RunStart?, ProblemHttpResult?)> ResolveAsync(
        GpuGeekDbContext db,
        Guid project,
        CreateRunRequest request,
        CancellationToken cancellationToken
    )
    {
        var own = await OwnRecipes.BasisAsync(db, request.Recipe, cancellationToken);
        var (start, problem) = await RunStart.FindAsync(db, project, request.Recipe, own, cancellationToken);
        if (problem is not null)
            return (null, null, problem);
        var asked = start is null
            ? request.Recipe
            : RecipePresets.WithoutStart(request.Recipe).With("model.architecture", start.Architecture);
        var recipe = RecipePresets.Resolve(asked, own, await VersionFacts.FindAsync(db, request.DatasetVersion, asked, cancellationToken));
        return (start is null ? recipe : recipe with { Transfer = recipe.Transfer with { Start = start.Start } }, start, null);
    }

    /// <summary>Without a class, a slot of a processor could take the run.</summary>
    private static ProblemHttpResult? NoGpu(Recipe recipe, string? device) =>
        device is null or DeviceClass.Cpu && recipe is { Compute.Precision: ComputeSettings.Float16, Transfer.FreezesBackbone: false }
            ? Problems.Impossible(
                "float16_needs_gpu",
                "float16 trains on GPUs alone, and the run does not ask for one.",
                "Set device to gpu or to the name of machines with GPUs, or compute.precision to bfloat16 or float32."
            )
            : null;

    private static ProblemHttpResult? NoSpace(IObjectStore store, Recipe recipe)
    {
        var needs = DiskSpace.RunBytes(recipe.Model.Architecture);
        return store.FreeBytes is { } free && free < needs
            ? Problems.Impossible(
                "disk_full",
                $"The run needs {needs / 1e9:0.0} GB of disk space for checkpoints and result, but only {free / 1e9:0.0} GB are free.",
                "Free some disk space on the server, or choose a smaller architecture."
            )
            : null;
    }
}

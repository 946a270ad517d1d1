using GpuGeek.Api.Http;
using GpuGeek.Api.Shared;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Runs;

/// <summary>The weights that a run starts from, if they are not the published ones.</summary>
/// <param name="Hash">Hash of the file in the object store.</param>
internal sealed record RunStart(StartSettings Start, string Architecture, string Hash)
{
    /// <returns>Nothing if the request names no start.</returns>
    public static async Task<(RunStart? Start, ProblemHttpResult? Problem)> FindAsync(
        GpuGeekDbContext db,
        Guid project,
        PartialRecipe recipe,
        Recipe? own,
        CancellationToken cancellationToken
    )
    {
        if (recipe["transfer.start"] is null)
            return (null, null);
        if (recipe["transfer.pretrained"] is false)
            return (
                null,
                Problems.Impossible(
                    "start_without_pretrained",
                    "The recipe names weights to start from and also has 'pretrained: false'.",
                    "Remove one of the two."
                )
            );
        // Resolved for the checks of its values; the architecture is the weights' own.
        var transfer = RecipePresets.Resolve(recipe.With("model.architecture", null), own).Transfer;
        var asked = transfer.Start!;
        if (asked.Groups is not null && transfer.BackboneRate == 0)
            return (
                null,
                Problems.Impossible(
                    "fast_needs_whole_weights",
                    "The recipe does not train the backbone (the preset 'fast', or a backbone rate of 0), so it needs all of its weights, "
                        + "not only the first layer groups.",
                    "Use 'balanced', or remove 'groups'."
                )
            );
        var (start, problem) = asked switch
        {
            { Weights: { } weights, Model: null, Version: null } => await OfUploadAsync(
                db,
                project,
                weights,
                asked.Groups,
                cancellationToken
            ),
            { Weights: null, Model: { } model } => await OfModelAsync(db, project, model, asked.Version, asked.Groups, cancellationToken),
            _ => (
                null,
                Problems.Impossible(
                    "start_unclear",
                    "A start must name either an uploaded weights file or a model.",
                    "Send 'weights', or 'model' with an optional 'version'."
                )
            ),
        };
        if (start is not null && recipe["model.architecture"] is string architecture && architecture != start.Architecture)
            return (
                null,
                Problems.Impossible(
                    "weights_mismatch",
                    $"{start.Start.Name} contains weights of {start.Architecture}, but the recipe names {architecture}.",
                    "Remove the architecture from the recipe, or use other weights."
                )
            );
        return (start, problem);
    }

    private static async Task<(RunStart?, ProblemHttpResult?)> OfUploadAsync(
        GpuGeekDbContext db,
        Guid project,
        Guid weights,
        int? groups,
        CancellationToken cancellationToken
    )
    {
        if (
            await db.UploadedWeights.AsNoTracking().FirstOrDefaultAsync(w => w.Id == weights && w.ProjectId == project, cancellationToken)
            is not { } file
        )
            return (
                null,
                Problems.Impossible("unknown_weights", "The project does not have this weights file.", "GET …/weights?project= lists them.")
            );
        if (file is not { Report: { } report, ContentHash: { } hash })
            return (
                null,
                Problems.Conflict(
                    "weights_not_ready",
                    $"{file.FileName} has not been read yet, or cannot be read.",
                    "GET …/weights/{weights}?wait=30 returns its state."
                )
            );
        if (groups > report.FittingGroups || (groups is null && !report.Fits))
            return (
                null,
                Problems.Impossible(
                    "weights_mismatch",
                    $"{file.FileName} does not fit {report.Architecture}: {report.MissingCount} tensors are missing, "
                        + $"{report.UnexpectedCount} are unexpected and {report.MismatchedCount} have another shape; "
                        + $"{report.FittingGroups} of {report.Groups.Length} layer groups fit.",
                    report.FittingGroups > 0
                        ? $"Start from the first groups only, with 'groups' of at most {report.FittingGroups}, or use other weights."
                        : "Use other weights."
                )
            );
        return (
            new(
                new()
                {
                    Weights = file.Id,
                    Name = file.FileName,
                    Groups = groups,
                },
                report.Architecture,
                hash
            ),
            null
        );
    }

    private static async Task<(RunStart?, ProblemHttpResult?)> OfModelAsync(
        GpuGeekDbContext db,
        Guid project,
        string model,
        int? number,
        int? groups,
        CancellationToken cancellationToken
    )
    {
        var version = await (
            from v in db.ModelVersions.AsNoTracking()
            join m in db.Models on v.ModelId equals m.Id
            where m.ProjectId == project && m.Name == model && (number == null || v.Number == number)
            orderby v.Number descending
            select v
        ).FirstOrDefaultAsync(cancellationToken);
        if (version is null)
            return (
                null,
                Problems.Impossible(
                    "unknown_model_version",
                    $"The project has no {(number is null ? $"model '{model}'" : $"version {number} of a model '{model}'")}.",
                    "GET …/models?project= lists them."
                )
            );
        var start = new StartSettings
        {
            Model = model,
            Version = version.Number,
            Name = SubjectNames.Numbered(model, version.Number),
            Classes = version.Manifest.Classes,
            Groups = groups,
        };
        return (new(start, version.Architecture, version.WeightsHash), null);
    }
}

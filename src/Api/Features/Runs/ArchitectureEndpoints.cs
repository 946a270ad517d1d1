using GpuGeek.Api.Http;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Runs;

internal static class ArchitectureEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/architectures", ListAsync).WithTags("Runs").WithName("ListArchitectures");

    /// <summary>List the architectures that can be trained</summary>
    private static async Task<Ok<Page<ArchitectureResponse>>> ListAsync(IDbContexts contexts, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        var absent = await AbsentAsync(db, cancellationToken);
        return TypedResults.Ok(
            new Page<ArchitectureResponse>(
                [.. ModelCatalog.All.Values.Select(card => ToResponse(card, !absent?.Contains(card.Name)))],
                null
            )
        );
    }

    private static ArchitectureResponse ToResponse(ModelCard card, bool? weightsAvailable) =>
        new(
            card.Name,
            card.Title,
            card.InputSize,
            card.Parameters,
            card.MultiplyAdds,
            card.ImageNetTop1,
            card.Paper.ToString(),
            card.InferenceBytes,
            card.TrainingBytes,
            card.Weights.Licence,
            card.SizeMultiple,
            card.HasBranches,
            card.Family,
            card.Weights.Url.ToString(),
            weightsAvailable
        );

    /// <summary>Refuses a run whose weights no worker has; it would wait in the queue and then fail.</summary>
    /// <returns>Null: the weights are available, or no worker has reported.</returns>
    public static async Task<ProblemHttpResult?> RefuseAbsentWeightsAsync(
        GpuGeekDbContext db,
        Recipe recipe,
        CancellationToken cancellationToken
    )
    {
        if (recipe.Transfer is not { Pretrained: true, Start: null })
            return null;
        if (await AbsentAsync(db, cancellationToken) is not { } absent || !absent.Contains(recipe.Model.Architecture))
            return null;
        var card = ModelCatalog.All[recipe.Model.Architecture];
        return Problems.Impossible(
            "weights_unavailable",
            $"The published weights of {card.Title} are not on this installation, and no worker can download them.",
            $"Choose another architecture or other weights to start from, or ask the operator to put {card.Weights.Url} into the "
                + "folder GPUGEEK_WEIGHTS of a worker."
        );
    }

    /// <summary>Architectures whose published weights are missing on every worker.</summary>
    /// <returns>Null: no worker has reported recently.</returns>
    private static async Task<HashSet<string>?> AbsentAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        var said = await db
            .WorkerWeights.FromSql($"SELECT * FROM worker_weights WHERE said_at > now() - {WorkerWeights.CountsFor}")
            .AsNoTracking()
            .Select(w => w.Missing)
            .ToListAsync(cancellationToken);
        if (said.Count == 0)
            return null;
        var absent = said[0].ToHashSet(StringComparer.Ordinal);
        foreach (var others in said.Skip(1))
            absent.IntersectWith(others);
        return absent;
    }
}

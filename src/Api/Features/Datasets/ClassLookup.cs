using GpuGeek.Api.Http;
using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class ClassLookup
{
    /// <summary>The class that pictures are to get. It stays until the transaction ends: somebody may be merging it.</summary>
    /// <returns>Its id, or why there is none.</returns>
    public static async Task<(Guid Id, ProblemHttpResult? Problem)> FindAsync(
        GpuGeekDbContext db,
        Guid dataset,
        string name,
        CancellationToken cancellationToken
    )
    {
        var ids = await db
            .Database.SqlQuery<Guid>(
                $"""SELECT id AS "Value" FROM dataset_classes WHERE dataset_id = {dataset} AND name = {name} FOR KEY SHARE"""
            )
            .ToListAsync(cancellationToken);
        return ids is [var id]
            ? (id, null)
            : (default, Problems.Impossible("unknown_class", $"The dataset has no class '{name}'.", "GET …/stats lists its classes."));
    }

    /// <summary>No class can have the name.</summary>
    public static ProblemHttpResult BadName() =>
        Problems.Impossible(
            "bad_class_name",
            $"A class has a name of 1 to {DatasetClass.MaxNameLength} characters without control characters.",
            "Choose another name."
        );
}

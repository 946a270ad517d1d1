using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>What presets look at in a dataset version.</summary>
internal static class VersionFacts
{
    /// <param name="asked">Sizes of pictures matter to a recipe from random numbers alone: for others all rows of a dataset need not be
    /// read at every key that somebody types.</param>
    /// <returns>Null: there is no such version.</returns>
    public static async Task<DataFacts?> FindAsync(
        GpuGeekDbContext db,
        Guid version,
        PartialRecipe asked,
        CancellationToken cancellationToken
    )
    {
        if (await db.DatasetVersions.AsNoTracking().FirstOrDefaultAsync(v => v.Id == version, cancellationToken) is not { } row)
            return null;
        int? shortSide = asked["transfer.pretrained"] is false ? await ShortSideAsync(db, row.DatasetId, cancellationToken) : null;
        return new([.. TrainPerClass(row)], shortSide);
    }

    private static IEnumerable<int> TrainPerClass(DatasetVersion version)
    {
        var train = version.Counts.GetValueOrDefault(Splits.Train) ?? [];
        return version.Classes.Select(name => train.GetValueOrDefault(name));
    }

    /// <summary>Of the dataset's pictures of today: pictures that were deleted since the version was made are gone.</summary>
    private static async Task<int?> ShortSideAsync(GpuGeekDbContext db, Guid dataset, CancellationToken cancellationToken)
    {
        var sides = db.DatasetImages.Where(i => i.DatasetId == dataset).Select(i => i.Width < i.Height ? i.Width : i.Height);
        var count = await sides.CountAsync(cancellationToken);
        return count == 0 ? null : await sides.Order().Skip((count - 1) / 2).FirstAsync(cancellationToken);
    }
}

using GpuGeek.Domain.Common;
using GpuGeek.Recipes;

namespace GpuGeek.Training.Data;

/// <summary>Assigns examples to the batches of an epoch: a function of the seed and the epoch.</summary>
internal static class BatchOrder
{
    private const long Stream = -1;

    /// <summary>All examples once in random order; the incomplete batch at the end is left out (batch norm over a few examples is noise),
    /// unless it is the only one.</summary>
    public static IEnumerable<int[]> Of(int count, Recipe recipe, int epoch)
    {
        var batches = CounterRandom.Keyed(recipe.Data.Seed, epoch, Stream).Permutation(count).Chunk(recipe.Data.BatchSize);
        return count < recipe.Data.BatchSize ? batches : batches.Where(batch => batch.Length == recipe.Data.BatchSize);
    }
}

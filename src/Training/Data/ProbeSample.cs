using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Training.Data;

/// <summary>The pictures that a probe looks at.</summary>
public static class ProbeSample
{
    private const int ToTrain = 96,
        ToEvaluate = 32;

    /// <summary>Of each split every so many, so that each class is among them where there are enough.</summary>
    /// <param name="batchSize">Two batches of training pictures at least.</param>
    public static IEnumerable<RunImage> Of(IEnumerable<RunImage> images, int batchSize)
    {
        foreach (var split in images.GroupBy(i => i.Split))
        {
            RunImage[] all = [.. split];
            var wanted = Math.Min(all.Length, split.Key == Splits.Train ? Math.Max(ToTrain, 2 * batchSize) : ToEvaluate);
            for (var i = 0; i < wanted; i++)
                yield return all[(long)i * all.Length / wanted];
        }
    }
}

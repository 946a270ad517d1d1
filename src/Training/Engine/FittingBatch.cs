using GpuGeek.Recipes;

namespace GpuGeek.Training.Engine;

/// <summary>A recipe whose batch was chosen by the machine.</summary>
internal static class FittingBatch
{
    private static readonly double MostRate = RecipeSchema.Get("optimizer.learningRate").About.Max;

    /// <summary>The learning rate follows the batch: in proportion where steps are gradients (Goyal et al. 2017, arXiv:1706.02677), by the
    /// square root where they are scaled by their own size (Malladi et al. 2022, arXiv:2205.10287).</summary>
    public static Recipe Of(Recipe asked, int batch)
    {
        var times = (double)batch / asked.Data.BatchSize;
        var factor = asked.Optimizer.Kind == OptimizerSettings.Sgd ? times : Math.Sqrt(times);
        return asked with
        {
            Data = asked.Data with { BatchSize = batch, FitBatch = false },
            Optimizer = asked.Optimizer with { LearningRate = Math.Min(MostRate, asked.Optimizer.LearningRate * factor) },
        };
    }
}

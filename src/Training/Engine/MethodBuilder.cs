using GpuGeek.Recipes;
using GpuGeek.Training.Averaging;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Stopping;

namespace GpuGeek.Training.Engine;

/// <summary>The one place that chooses the parts of a training by the sections of its recipe.</summary>
internal static class MethodBuilder
{
    /// <param name="module">What is trained.</param>
    /// <param name="examples">Size of the training split.</param>
    public static TrainingMethod Build(Recipe recipe, GraphModule module, ModePlan plan, int examples)
    {
        var stepsPerEpoch = Math.Max(1, examples / recipe.Data.BatchSize);
        var totalSteps = (long)stepsPerEpoch * recipe.Budget.Epochs;
        var optimizer = new AdamW(module, recipe.Optimizer.WeightDecay);
        return new TrainingMethod
        {
            Plan = plan,
            Objective = new CrossEntropy(recipe.Loss.LabelSmoothing),
            Optimizer = optimizer,
            Schedule = new WarmupThenCosine(recipe.Optimizer.LearningRate, totalSteps, recipe.Schedule.WarmupFraction),
            BackboneRate = recipe.Transfer.BackboneRate,
            ClipNorm = recipe.Optimizer.ClipNorm,
            Averaging = new NoAveraging(),
            Stopping = new EpochBudget(recipe.Budget.Epochs),
            States = [optimizer],
            Seed = recipe.Data.Seed,
            StepsPerEpoch = stepsPerEpoch,
            TotalSteps = totalSteps,
        };
    }
}

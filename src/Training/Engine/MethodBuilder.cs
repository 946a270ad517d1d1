using GpuGeek.Recipes;
using GpuGeek.Training.Averaging;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Stopping;

namespace GpuGeek.Training.Engine;

/// <summary>The one place that chooses the parts of a training by the sections of its recipe.</summary>
internal static class MethodBuilder
{
    /// <param name="module">What is trained.</param>
    /// <param name="examples">Of an epoch.</param>
    /// <param name="classCounts">Training pictures of each class.</param>
    public static TrainingMethod Build(Recipe recipe, GraphModule module, LayerPlan layers, int examples, IReadOnlyList<int> classCounts)
    {
        var stepsPerEpoch = Math.Max(1, examples / recipe.Data.BatchSize);
        var totalSteps = (long)stepsPerEpoch * recipe.Budget.Epochs;
        var optimizer = Optimizer(recipe.Optimizer, module);
        var schedule = Schedule(recipe, totalSteps, stepsPerEpoch);
        var averaging = Averaging(recipe.Averaging, module, totalSteps);
        var scaler = recipe.Compute.Precision == ComputeSettings.Float16 ? new LossScaler(module.Device) : null;
        return new TrainingMethod
        {
            Layers = layers,
            Objective = Objective(recipe.Loss, module, classCounts),
            Optimizer = optimizer,
            Schedule = schedule,
            ClipNorm = recipe.Optimizer.ClipNorm,
            MicroBatch = recipe.Data.MicroBatch ?? recipe.Data.BatchSize,
            Scaler = scaler,
            Averaging = averaging,
            Stopping = recipe.Stopping.Patience is { } patience
                ? new NoImprovement(recipe.Budget.Epochs, patience)
                : new EpochBudget(recipe.Budget.Epochs),
            States = [.. ((object?[])[optimizer, schedule, averaging, scaler]).OfType<ITrainingState>()],
            Seed = recipe.Data.Seed,
            StepsPerEpoch = stepsPerEpoch,
            TotalSteps = totalSteps,
        };
    }

    private static FlatOptimizer Optimizer(OptimizerSettings o, GraphModule module)
    {
        var decay = new Decay(o.WeightDecay, o.DecayAll);
        return o.Kind switch
        {
            OptimizerSettings.Sgd => new Sgd(module, decay, o.Momentum, o.Nesterov),
            OptimizerSettings.RmsProp => new RmsProp(module, decay, o.Alpha, o.Momentum, o.Epsilon),
            OptimizerSettings.Adam or OptimizerSettings.AdamW => new Adam(
                module,
                decay,
                o.Kind == OptimizerSettings.AdamW,
                o.Beta1,
                o.Beta2,
                o.Epsilon
            ),
            _ => throw Unknown("optimizer", o.Kind),
        };
    }

    private static ISchedule Schedule(Recipe recipe, long totalSteps, int stepsPerEpoch)
    {
        var (s, epochs) = (recipe.Schedule, recipe.Budget.Epochs);
        if (s.Kind == ScheduleSettings.OneCycle)
            return new OneCycle(recipe.Optimizer.LearningRate, totalSteps, s.WarmupFraction);
        var warmed = new WarmedUp(recipe.Optimizer.LearningRate, totalSteps, stepsPerEpoch, s.WarmupFraction, Curve(s, epochs));
        return s.Kind == ScheduleSettings.Plateau ? new Plateau(warmed, s.Factor, s.Patience) : warmed;
    }

    private static Func<Moment, double> Curve(ScheduleSettings s, int epochs) =>
        s.Kind switch
        {
            ScheduleSettings.Cosine => Curves.Cosine,
            ScheduleSettings.Constant or ScheduleSettings.Plateau => Curves.Constant,
            ScheduleSettings.Step => Curves.Steps(s.Factor, s.StepEpochs),
            ScheduleSettings.Exponential => Curves.Steps(s.Factor, 1),
            ScheduleSettings.MultiStep => Curves.Milestones(s.Factor, Milestones(s, epochs)),
            ScheduleSettings.CosineRestarts => Curves.Restarts(s.Cycles),
            ScheduleSettings.Polynomial => Curves.Polynomial(s.Power),
            _ => throw Unknown("schedule", s.Kind),
        };

    private static IReadOnlyList<int> Milestones(ScheduleSettings s, int epochs) =>
        s.Milestones is { } written
            ? ScheduleSettings.ReadMilestones(written) ?? throw Unknown("milestones", written)
            : [epochs / 2, epochs * 3 / 4];

    /// <returns>One per class; null: all count the same.</returns>
    public static double[]? Weights(LossSettings loss, IReadOnlyList<int> classCounts) =>
        loss.ClassWeights switch
        {
            LossSettings.None => null,
            LossSettings.Inverse => ClassWeights.Inverse(classCounts),
            LossSettings.Effective => ClassWeights.Effective(classCounts, loss.Overlap),
            _ => throw Unknown("class weights", loss.ClassWeights),
        };

    private static IObjective Objective(LossSettings loss, GraphModule module, IReadOnlyList<int> classCounts)
    {
        var weights = Weights(loss, classCounts);
        var onDevice = weights is null ? null : new ClassWeights(weights, module.Type, module.Device);
        return loss.Kind switch
        {
            LossSettings.CrossEntropy => new CrossEntropy(loss.LabelSmoothing, onDevice),
            LossSettings.Focal => new Focal(loss.Focus, loss.LabelSmoothing, onDevice),
            _ => throw Unknown("loss", loss.Kind),
        };
    }

    private static IAveraging Averaging(AveragingSettings averaging, GraphModule module, long totalSteps) =>
        averaging.Kind switch
        {
            AveragingSettings.None => new NoAveraging(),
            AveragingSettings.Exponential => new ExponentialAverage(module, averaging.Decay ?? ExponentialAverage.DecayOf(totalSteps)),
            _ => throw Unknown("averaging", averaging.Kind),
        };

    // The recipe was checked before: this is a choice without a part.
    private static ArgumentException Unknown(string what, string name) => new($"The engine has no {what} named '{name}'.");
}

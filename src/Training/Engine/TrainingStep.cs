using GpuGeek.Domain.Common;
using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <param name="Loss">Of the batch, before the update.</param>
/// <param name="Accuracy">Of the batch, before the update.</param>
internal readonly record struct StepNumbers(double Loss, double Accuracy);

/// <summary>One step of a training: the loss of a batch, its gradient and the update.</summary>
internal sealed class TrainingStep(TrainingMethod method, GraphModule module, long[] inputShape, ReadBack readBack)
{
    /// <param name="step">From 1.</param>
    /// <returns>Null: they stay on the device this time (<see cref="ReadBack"/>).</returns>
    /// <exception cref="TrainingFailedException"><c>diverged</c>.</exception>
    public StepNumbers? Run(Batch batch, long step)
    {
        using var scope = NewDisposeScope();
        // Dropout draws from libtorch's one generator: seeded by the step, it draws the same after a resume.
        random.manual_seed((long)(CounterRandom.Keyed(method.Seed, step).NextBits() >> 1));
        var tensors = BatchTensors.Of(batch, inputShape, module.Device, module.Type);
        method.Optimizer.ZeroGradients();
        var logits = module.Forward(tensors.Inputs, method.Plan);
        var loss = method.Objective.Loss(logits, tensors);
        loss.backward();
        double? value = readBack.IsDue() ? loss.to(ScalarType.Float64).item<double>() : null;
        if (value is { } read && !double.IsFinite(read))
            throw Diverged(step);
        if (method.ClipNorm is { } norm)
            GradientClipping.Apply(module.FlatGradient, norm);
        method.Optimizer.Step(step, new StepRates(method.Schedule.RateAt(step), method.BackboneRate));
        method.Averaging.Follow(step);
        return value is { } finite ? new StepNumbers(finite, Accuracy(logits, tensors.Labels)) : null;
    }

    public static TrainingFailedException Diverged(long step) =>
        new(
            "diverged",
            "The training diverged",
            $"The loss became infinite or not a number at step {step}.",
            "Start again with a lower learning rate."
        );

    private static float Accuracy(Tensor logits, Tensor labels) => logits.argmax(1).eq(labels).to(ScalarType.Float32).mean().item<float>();
}

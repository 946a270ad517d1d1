using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <param name="Loss">Of the batch, before the update; if it is not finite, there was no update.</param>
/// <param name="Accuracy">Of the batch, before the update.</param>
internal readonly record struct StepNumbers(double Loss, double Accuracy);

/// <summary>One step of a training: the loss of a batch, its gradient and the update.</summary>
/// <param name="inputShape">Of one example.</param>
/// <param name="from">The node whose values the examples are; null: they are what the network takes.</param>
internal sealed class TrainingStep(TrainingMethod method, GraphModule module, long[] inputShape, ReadBack readBack, Node? from = null)
{
    /// <param name="step">From 1.</param>
    /// <param name="precision">Of the passes through the network.</param>
    /// <returns>Null: they stay on the device this time (<see cref="ReadBack"/>).</returns>
    public StepNumbers? Run(Batch batch, long step, Precision precision = Precision.Float32)
    {
        using var scope = NewDisposeScope();
        var epoch = (int)((step - 1) / method.StepsPerEpoch);
        method.Optimizer.ZeroGradients();
        var numbers = Gradient(batch, epoch, precision, readBack.IsDue());
        if (numbers is { } read && !double.IsFinite(read.Loss))
            return numbers;
        if (method.ClipNorm is { } norm)
            GradientClipping.Apply(module.FlatGradient, norm);
        var ranges = method.Layers.RangesIn(epoch, module.Layout, method.StepsPerEpoch);
        method.Optimizer.Step(step, new StepRates(method.Schedule.RateAt(step), ranges));
        method.Averaging.Follow(step);
        return numbers;
    }

    /// <summary>Adds up the gradients of the batch's parts, so that their sum is that of the whole batch's mean.</summary>
    private StepNumbers? Gradient(Batch batch, int epoch, Precision precision, bool read)
    {
        var plan = method.Layers.ModesIn(epoch);
        var whole = method.Objective.WeightOf(batch);
        var (loss, correct) = (0.0, 0L);
        foreach (var part in batch.Parts(method.MicroBatch))
        {
            using var scope = NewDisposeScope();
            var tensors = BatchTensors.Of(part, inputShape, module.Device, module.Type);
            var chance = new Chance(method.Seed, epoch, part.Samples);
            var logits = module.Forward(tensors.Inputs, plan, chance: chance, precision: precision, from: from);
            var mean = method.Objective.Loss(logits, tensors);
            var share = method.Objective.WeightOf(part) / whole;
            (share == 1 ? mean : mean.Times(share)).backward();
            if (!read)
                continue;
            loss += share * mean.to(ScalarType.Float64).item<double>();
            correct += logits.argmax(1).eq(tensors.Labels).sum().item<long>();
        }
        return read ? new StepNumbers(loss, (double)correct / batch.Labels.Length) : null;
    }
}

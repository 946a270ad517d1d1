using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>One step of a training: the loss of a batch, its gradient and the update.</summary>
/// <param name="inputShape">Of one example.</param>
/// <param name="record">Gets the numbers of steps that are not read at once.</param>
/// <param name="from">The node whose values the examples are; null: they are what the network takes.</param>
internal sealed class TrainingStep(TrainingMethod method, GraphModule module, long[] inputShape, StepRecord record, Node? from = null)
{
    /// <summary>Most examples that go through the network at once.</summary>
    public int MicroBatch { get; set; } = method.MicroBatch;

    /// <param name="step">From 1.</param>
    /// <param name="precision">Of the passes through the network.</param>
    /// <returns>Null: they stay on the device for now (<see cref="StepRecord"/>).</returns>
    public StepNumbers? Run(Batch batch, long step, Precision precision = Precision.Float32)
    {
        using var scope = NewDisposeScope();
        var epoch = (int)((step - 1) / method.StepsPerEpoch);
        method.Optimizer.ZeroGradients();
        if (record.ReadsEveryStep)
        {
            var read = new Read();
            Gradient(batch, epoch, precision, read);
            if (double.IsFinite(read.Loss))
                Update(step, epoch, Unscaled());
            return new StepNumbers(step, read.Loss, (double)read.Correct / batch.Labels.Length);
        }
        var left = new Left(module.Device);
        Gradient(batch, epoch, precision, left);
        var isFinite = left.Loss.isfinite();
        Update(step, epoch, Unscaled() is { } gradient ? isFinite.logical_and(gradient) : isFinite);
        record.Write(step, left.Numbers(batch.Labels.Length));
        return null;
    }

    /// <returns>On the device: whether the gradient is finite. Null: the loss was not scaled, and nobody has looked.</returns>
    private Tensor? Unscaled()
    {
        if (method.Scaler is not { } scaler)
            return null;
        var isFinite = scaler.Unscale(module.FlatGradient);
        scaler.Update(isFinite);
        return isFinite;
    }

    /// <param name="isFinite">On the device: where it is false, nothing changes. Null: it is known to be true.</param>
    private void Update(long step, int epoch, Tensor? isFinite)
    {
        if (method.ClipNorm is { } norm)
            GradientClipping.Apply(module.FlatGradient, norm);
        var ranges = method.Layers.RangesIn(epoch, module.Layout, method.StepsPerEpoch);
        OnlyIf.Apply(
            isFinite,
            [module.Flat, .. method.Optimizer.Memories, .. method.Averaging.Memories],
            () =>
            {
                method.Optimizer.Step(step, new StepRates(method.Schedule.RateAt(step), ranges));
                method.Averaging.Follow(step);
            }
        );
    }

    /// <summary>Adds up the gradients of the batch's parts, so that their sum is that of the whole batch's mean.</summary>
    private void Gradient(Batch batch, int epoch, Precision precision, ISum sum)
    {
        var plan = method.Layers.ModesIn(epoch);
        var whole = method.Objective.WeightOf(batch);
        foreach (var part in batch.Parts(MicroBatch))
        {
            using var scope = NewDisposeScope();
            var tensors = BatchTensors.Of(part, inputShape, module.Device, module.Type);
            var chance = new Chance(method.Seed, epoch, part.Samples);
            var logits = module.Forward(tensors.Inputs, plan, chance: chance, precision: precision, from: from);
            var mean = method.Objective.Loss(logits, tensors);
            var share = method.Objective.WeightOf(part) / whole;
            var weighted = share == 1 ? mean : mean.Times(share);
            (method.Scaler?.Scaled(weighted) ?? weighted).backward();
            sum.Add(share, mean.detach().to(ScalarType.Float64), logits.detach().argmax(1).eq(tensors.Labels).sum());
        }
    }

    /// <summary>Loss and right answers over the parts of a batch.</summary>
    private interface ISum
    {
        void Add(double share, Tensor loss, Tensor correct);
    }

    private sealed class Read : ISum
    {
        public double Loss { get; private set; }
        public long Correct { get; private set; }

        public void Add(double share, Tensor loss, Tensor correct)
        {
            Loss += share * loss.item<double>();
            Correct += correct.item<long>();
        }
    }

    /// <summary>On the device; it lives as long as the scope in which it was made.</summary>
    private sealed class Left(Device device) : ISum
    {
        private readonly Tensor _correct = zeros([], dtype: ScalarType.Int64, device: device);

        public Tensor Loss { get; } = zeros([], dtype: ScalarType.Float64, device: device);

        public void Add(double share, Tensor loss, Tensor correct)
        {
            using Scalar weight = share;
            Loss.add_(loss, weight);
            _correct.PlusInPlace(correct);
        }

        public Tensor Numbers(int count) => stack([Loss, _correct.to(ScalarType.Float64).Times(1.0 / count)]);
    }
}

using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>
/// The cross-entropy of a linear classifier over all training rows, and its gradient, in double precision. Parameters are one vector: the
/// weights, out × in row-major, then the biases.
/// </summary>
internal sealed class HeadLoss : IDisposable
{
    // Rows in double precision take twice the memory: 512 MB at most. More are widened one part at a time, again for each gradient.
    private const long MostWidened = 1L << 26;
    private readonly List<(Tensor Rows, Tensor MinusTargets)> _parts = [];
    private readonly double _weight;
    private readonly long _inputs,
        _classes;
    private readonly Device _device;

    /// <param name="inputs">Width of a row.</param>
    /// <param name="classWeights">One per class; null: all are 1.</param>
    /// <param name="smoothing">Share of each label that is spread evenly over all classes.</param>
    public HeadLoss(RowSet rows, long inputs, int classes, double[]? classWeights, double smoothing, Device device)
    {
        (_inputs, _classes, _device) = (inputs, classes, device);
        var type = rows.Count * _inputs <= MostWidened ? ScalarType.Float64 : ScalarType.Float32;
        using var scope = NewDisposeScope();
        foreach (var batch in rows.Batches)
        {
            var targets = new double[batch.Labels.Length, classes];
            for (var i = 0; i < batch.Labels.Length; i++)
            {
                for (var c = 0; c < classes; c++)
                    targets[i, c] = -(smoothing / classes + (c == batch.Labels[i] ? 1 - smoothing : 0)) * (classWeights?[c] ?? 1);
                _weight += classWeights?[batch.Labels[i]] ?? 1;
            }
            var values = BatchTensors.InputsOf(batch, [inputs], device).to(type);
            _parts.Add((values.DetachFromDisposeScope(), tensor(targets, device: device).DetachFromDisposeScope()));
        }
    }

    public int Parameters => (int)(_classes * (_inputs + 1));

    /// <param name="penalty">Half of it times the squared norm of the weights, not of the biases, is added.</param>
    public (double Value, double[] Gradient) At(double[] parameters, double penalty)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var all = tensor(parameters, device: _device);
        var weights = all.narrow(0, 0, _classes * _inputs).view(_classes, _inputs);
        var biases = all.narrow(0, _classes * _inputs, _classes);
        var (ofWeights, ofBiases) = (zeros_like(weights), zeros_like(biases));
        var value = 0.0;
        foreach (var (rows, minusTargets) in _parts)
            value += AddPart(rows, minusTargets, weights, biases, ofWeights, ofBiases);
        using Scalar share = 1 / _weight,
            decay = penalty;
        ofWeights.mul_(share).add_(weights, decay);
        ofBiases.mul_(share);
        var norm = weights.mul(weights).sum().item<double>();
        return (value / _weight + penalty / 2 * norm, cat([ofWeights.view(-1), ofBiases]).cpu().data<double>().ToArray());
    }

    /// <returns>The part's loss.</returns>
    private static double AddPart(Tensor rows, Tensor minusTargets, Tensor weights, Tensor biases, Tensor ofWeights, Tensor ofBiases)
    {
        using var scope = NewDisposeScope();
        var wide = rows.to(ScalarType.Float64);
        var logarithms = wide.mm(weights.t()).PlusInPlace(biases).log_softmax(1);
        var loss = minusTargets.mul(logarithms).sum().item<double>();
        var shares = minusTargets.sum(1, keepdim: true).neg();
        var slope = logarithms.exp().mul_(shares).PlusInPlace(minusTargets);
        ofWeights.PlusInPlace(slope.t().mm(wide));
        // A plain 0 would be a data type.
        ofBiases.PlusInPlace(slope.sum([0L]));
        return loss;
    }

    public void Dispose()
    {
        foreach (var (rows, targets) in _parts)
        {
            rows.Dispose();
            targets.Dispose();
        }
    }
}

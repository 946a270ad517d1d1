using GpuGeek.Training.Examples;
using static TorchSharp.torch;

namespace GpuGeek.Training.Objectives;

/// <summary>Weights of classes by how many training pictures they have; their mean is 1.</summary>
/// <param name="weights">One per class, above 0.</param>
/// <param name="type">Data type of the logits.</param>
internal sealed class ClassWeights(double[] weights, ScalarType type, Device device) : IDisposable
{
    public Tensor Tensor { get; } = tensor(weights, dtype: type, device: device).DetachFromDisposeScope();

    /// <summary>Of the examples of a batch; a mixed one counts with both of its classes.</summary>
    public double Sum(Batch batch) =>
        batch.Mixed is { } mixed
            ? batch.Labels.Select((own, i) => Between(weights[mixed.Others[i]], weights[own], mixed.Shares[i])).Sum()
            : batch.Labels.Sum(label => weights[label]);

    private static double Between(double from, double to, double share) => from + share * (to - from);

    public void Dispose() => Tensor.Dispose();

    /// <summary>By 1 / n.</summary>
    public static double[] Inverse(IReadOnlyList<int> counts) => Normalised(counts.Select(n => 1.0 / Math.Max(1, n)));

    /// <summary>By the effective number of pictures (Cui et al. 2019, arXiv:1901.05555): (1 − β) / (1 − βⁿ).</summary>
    /// <param name="overlap">The paper's β, from 0 (all are equal) to below 1 (the inverse of the count).</param>
    public static double[] Effective(IReadOnlyList<int> counts, double overlap) =>
        Normalised(counts.Select(n => (1 - overlap) / (1 - Math.Pow(overlap, Math.Max(1, n)))));

    private static double[] Normalised(IEnumerable<double> weights)
    {
        var all = weights.ToArray();
        var mean = all.Average();
        return [.. all.Select(weight => weight / mean)];
    }
}

using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Optimization;

/// <param name="Weight">Strength.</param>
/// <param name="OfAll">Also biases and the weights of normalisation layers are pulled towards zero.</param>
internal readonly record struct Decay(double Weight, bool OfAll = false)
{
    public double Of(FlatRange range) => range.Decays || OfAll ? Weight : 0;
}

/// <summary>An optimiser over the flat parameter vector: a few operations on long vectors instead of a few for each tensor.</summary>
/// <param name="module">Its memories have the module's data type and device.</param>
/// <param name="memories">Names of the numbers that it remembers of each parameter; they begin at zero.</param>
internal abstract class FlatOptimizer(GraphModule module, params string[] memories) : IOptimizer
{
    private readonly Dictionary<string, Tensor> _memories = memories.ToDictionary(
        name => name,
        _ => zeros_like(module.Flat).DetachFromDisposeScope(),
        StringComparer.Ordinal
    );

    public string Name => "optimizer";
    public long Bytes => _memories.Count * module.Layout.Length * sizeof(float);

    public IEnumerable<Tensor> Memories => _memories.Values;

    public void ZeroGradients() => module.FlatGradient.zero_();

    public void Step(long step, StepRates rates)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (range, share, begins) in rates.Ranges)
            Update(range, Part(module.Flat, range), Part(module.FlatGradient, range), step - begins, rates.HeadRate * share);
    }

    public IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory) => [.. _memories.Select(m => memory.Copy(m.Key, m.Value))];

    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        foreach (var (name, flat) in _memories)
            TensorCopy.Restore(flat, tensors, name, "optimiser");
    }

    public void Dispose()
    {
        foreach (var memory in _memories.Values)
            memory.Dispose();
    }

    /// <summary>Changes a range of the parameters in place; called without gradients, in a scope.</summary>
    /// <param name="step">Steps in which this range has learned, with this one.</param>
    protected abstract void Update(FlatRange range, Tensor parameter, Tensor gradient, long step, double rate);

    protected Tensor Memory(string name, FlatRange range) => Part(_memories[name], range);

    /// <summary>The gradient with that of the parameters' squared norm: decay as PyTorch's SGD, Adam and RMSprop have it.</summary>
    protected static Tensor WithDecay(Tensor gradient, Tensor parameter, double decay)
    {
        if (decay == 0)
            return gradient;
        using Scalar weight = decay;
        return gradient.add(parameter, weight);
    }

    private static Tensor Part(Tensor flat, FlatRange range) => flat.narrow(0, range.Offset, range.Length);
}

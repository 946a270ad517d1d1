using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Averaging;

/// <summary>
/// An exponential moving average of the parameters and of the running statistics (Polyak and Juditsky 1992; Izmailov et al. 2018,
/// arXiv:1803.05407). At step t, min(d, (1 + t) / (10 + t)) of it is kept, so that a short training is not dominated by its start.
/// </summary>
internal sealed class ExponentialAverage : IAveraging, ITrainingState, IDisposable
{
    private const string Parameters = "parameters";
    private readonly GraphModule _module;
    private readonly double _decay;
    private readonly List<(string Name, Tensor Live, Tensor Average)> _tensors;

    /// <param name="decay">d, 0..1.</param>
    public ExponentialAverage(GraphModule module, double decay)
    {
        (_module, _decay) = (module, decay);
        using var frozen = no_grad();
        _tensors =
        [
            (Parameters, module.Flat, Copy(module.Flat)),
            .. module
                .Graph.Parameters.Where(p => p.Kind == ParameterKind.Buffer)
                .Select(p => (p.Name, module[p.Name], Copy(module[p.Name]))),
        ];
    }

    public string Name => "average";
    public long Bytes => _tensors.Sum(t => t.Average.numel()) * sizeof(float);

    /// <summary>d for a training of so many steps: its last tenth counts most. A fixed one such as 0.99998 would hardly move in a short
    /// training.</summary>
    public static double DecayOf(long totalSteps) => Math.Max(0, 1 - 10.0 / Math.Max(1, totalSteps));

    public IEnumerable<Tensor> Memories => _tensors.Select(t => t.Average);

    public void Follow(long step)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var share = Math.Min(_decay, (1.0 + step) / (10.0 + step));
        using Scalar kept = share,
            added = 1 - share;
        foreach (var (_, live, average) in _tensors)
            average.mul_(kept).add_(live, added);
    }

    public IDisposable Show() => new Shown(_tensors);

    public IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory) => [.. _tensors.Select(t => memory.Copy(t.Name, t.Average))];

    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        foreach (var (name, _, average) in _tensors)
            TensorCopy.Restore(average, tensors, name, "average");
    }

    public void Dispose()
    {
        foreach (var (_, _, average) in _tensors)
            average.Dispose();
    }

    private static Tensor Copy(Tensor live)
    {
        using var scope = NewDisposeScope();
        return live.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>The network has the averages; disposing gives it its own numbers back.</summary>
    private sealed class Shown : IDisposable
    {
        private readonly List<(Tensor Live, Tensor Own)> _own;

        public Shown(List<(string Name, Tensor Live, Tensor Average)> tensors)
        {
            using var frozen = no_grad();
            _own = [.. tensors.Select(t => (t.Live, Copy(t.Live)))];
            foreach (var (_, live, average) in tensors)
                live.copy_(average);
        }

        public void Dispose()
        {
            using var frozen = no_grad();
            foreach (var (live, own) in _own)
            {
                live.copy_(own);
                own.Dispose();
            }
        }
    }
}

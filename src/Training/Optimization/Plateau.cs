using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Optimization;

/// <summary>Multiplies the rate by the factor when the validation loss has not fallen for more epochs than the patience, as PyTorch's
/// <c>ReduceLROnPlateau</c> with its relative threshold. A warm-up comes before.</summary>
/// <param name="start">The schedule without the reductions.</param>
internal sealed class Plateau(ISchedule start, double factor, int patience) : ISchedule, ITrainingState
{
    private const double Threshold = 1e-4;
    private const string Numbers = "numbers";
    private float _best = float.PositiveInfinity;
    private int _bad;
    private int _reductions;

    public string Name => "schedule";
    public long Bytes => 3 * sizeof(float);

    public double RateAt(long step) => start.RateAt(step) * Math.Pow(factor, _reductions);

    public void Observe(double loss)
    {
        if (loss < _best * (1 - Threshold))
            // As a checkpoint keeps it.
            (_best, _bad) = ((float)loss, 0);
        else if (++_bad > patience)
            (_bad, _reductions) = (0, _reductions + 1);
    }

    public IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory) => [new(Numbers, [3], [_best, _bad, _reductions])];

    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        if (!tensors.TryGetValue(Numbers, out var kept) || kept.Values is not [var best, var bad, var reductions])
            throw new InvalidDataException("A checkpoint's schedule is not the one of this training.");
        (_best, _bad, _reductions) = (best, (int)bad, (int)reductions);
    }
}

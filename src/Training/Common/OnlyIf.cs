using static TorchSharp.torch;

namespace GpuGeek.Training.Common;

/// <summary>Changes that happen or not, as a number on the device says that nobody has read yet.</summary>
internal static class OnlyIf
{
    /// <param name="condition">One truth value; null: always.</param>
    /// <param name="changed">Every tensor that <paramref name="change"/> changes in place. Each has its former bits afterwards where the
    /// condition is false. For a moment they are in memory twice.</param>
    public static void Apply(Tensor? condition, IEnumerable<Tensor> changed, Action change)
    {
        if (condition is null)
        {
            change();
            return;
        }
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        List<(Tensor Live, Tensor Before)> kept = [.. changed.Select(t => (t, t.clone()))];
        change();
        foreach (var (live, before) in kept)
            live.copy_(where(condition, live, before));
    }
}

using GpuGeek.Domain.Common;

namespace GpuGeek.Training.Weights;

/// <summary>How the numbers of a fresh parameter are drawn.</summary>
internal sealed class FreshNumbers
{
    private readonly Draw _draw;

    private FreshNumbers(Draw draw) => _draw = draw;

    private delegate double Draw(ref CounterRandom random);

    public static FreshNumbers Constant(double value) => new((ref _) => value);

    public static FreshNumbers Normal(double deviation) => new((ref random) => random.NextNormal() * deviation);

    /// <summary>In ± <paramref name="bound"/>.</summary>
    public static FreshNumbers Uniform(double bound) => new((ref random) => random.Uniform(-bound, bound));

    public void Fill(float[] values, ref CounterRandom random)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)_draw(ref random);
    }
}

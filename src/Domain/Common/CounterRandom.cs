namespace GpuGeek.Domain.Common;

/// <summary>
/// Random numbers that are a function of a key and a counter (SplitMix64, Steele et al. 2014). The numbers for one picture of one epoch
/// never depend on threads, order or earlier draws, so a resumed run draws the same numbers as an uninterrupted one.
/// </summary>
public struct CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong _key;
    private ulong _counter;

    private CounterRandom(ulong key) => _key = key;

    /// <summary>A separate stream for each tuple of values.</summary>
    public static CounterRandom Keyed(params ReadOnlySpan<long> values)
    {
        var key = Golden;
        foreach (var value in values)
            key = Mix(key ^ Mix((ulong)value + Golden));
        return new CounterRandom(key);
    }

    /// <summary>A stream of its own for a part of the work: what other parts draw does not move its numbers.</summary>
    public readonly CounterRandom Branch(long part) => new(Mix(_key ^ Mix((ulong)part + Golden)));

    public ulong NextBits() => Mix(_key + ++_counter * Golden);

    /// <summary>In [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public double Uniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>In [0, bound).</summary>
    public int Below(int bound) => (int)((UInt128)NextBits() * (ulong)bound >> 64);

    /// <summary>Standard normal (Box and Muller 1958).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Beta(α, α) (Jöhnk 1964).</summary>
    /// <param name="alpha">Above 0, at most 1.</param>
    public double NextBeta(double alpha)
    {
        while (true)
        {
            double first = Math.Log(1 - NextDouble()) / alpha,
                second = Math.Log(1 - NextDouble()) / alpha;
            // Logarithms, because a small α takes roots that are too small for a double.
            var larger = Math.Max(first, second);
            var sum = larger + Math.Log(Math.Exp(first - larger) + Math.Exp(second - larger));
            if (sum <= 0)
                return Math.Exp(first - sum);
        }
    }

    /// <summary>0..count-1 in random order (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

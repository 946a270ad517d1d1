using System.Text;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Tests.Peers;

/// <summary>The peer's counter-based generator: every number is a function of the tensor's name and its index, so that no weights file
/// has to be exchanged.</summary>
internal static class GeneratedNumbers
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    public static double[] Normal(string name, long count, double deviation = 1)
    {
        var key = Key(name);
        var values = new double[count];
        Parallel.For(
            0,
            (int)((count + 65535) >> 16),
            block =>
            {
                for (long i = (long)block << 16, end = Math.Min(count, i + 65536); i < end; i++)
                    values[i] = deviation * (Math.Sqrt(-2 * Math.Log(1 - Uniform(key, i, 0))) * Math.Cos(2 * Math.PI * Uniform(key, i, 1)));
            }
        );
        return values;
    }

    /// <param name="gain">Variance of a weight times its fan-in. Without any norm rectifiers would make all pictures alike, whose common
    /// part is their mean: there it is 3, and the weights of an output add up to 0.</param>
    public static double[] Parameter(string name, long[] shape, double gain)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);
        if (
            name.EndsWith("layer_scale", StringComparison.Ordinal)
            || (name.EndsWith("weight", StringComparison.Ordinal) && shape.Length == 1)
        )
            return Scale(name, count);
        if (
            name.Contains("bias", StringComparison.Ordinal)
            || name.EndsWith("class_token", StringComparison.Ordinal)
            || name.EndsWith("pos_embedding", StringComparison.Ordinal)
        )
            return Normal(name, count, 0.1);
        var fanIn = (int)(count / shape[0]);
        var weights = Normal(name, count, Math.Sqrt(gain / fanIn));
        if (gain != 1)
            Parallel.For(0, (int)shape[0], row => Centre(weights.AsSpan(row * fanIn, fanIn)));
        return weights;
    }

    public static double Gain(Graph graph) => graph.Nodes.Any(n => n.Op is BatchNorm or LayerNorm) ? 1 : 3;

    private static void Centre(Span<double> row)
    {
        double sum = 0;
        foreach (var weight in row)
            sum += weight;
        var mean = sum / row.Length;
        foreach (ref var weight in row)
            weight -= mean;
    }

    private static double[] Scale(string name, long count)
    {
        var key = Key(name);
        return [.. Enumerable.Range(0, (int)count).Select(i => 0.5 + Uniform(key, i, 0))];
    }

    private static double Uniform(ulong key, long index, ulong stream) =>
        (Mix(key + (((ulong)index + 1) * 2 + stream) * Golden) >> 11) * (1.0 / (1UL << 53));

    /// <summary>FNV-1a.</summary>
    private static ulong Key(string name)
    {
        var key = 0xCBF29CE484222325;
        foreach (var b in Encoding.UTF8.GetBytes(name))
            key = (key ^ b) * 0x100000001B3;
        return key;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

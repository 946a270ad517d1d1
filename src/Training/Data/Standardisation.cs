namespace GpuGeek.Training.Data;

/// <summary>Shift and scale per feature, so that the training split has mean 0 and standard deviation 1; a constant feature is only
/// shifted.</summary>
internal sealed record Standardisation(float[] Mean, float[] Deviation)
{
    private const double Flat = 1e-6;

    public static Standardisation Fit(float[][] rows)
    {
        int width = rows[0].Length;
        float[] mean = new float[width],
            deviation = new float[width];
        for (var j = 0; j < width; j++)
        {
            var average = rows.Average(row => (double)row[j]);
            var spread = Math.Sqrt(rows.Average(row => (row[j] - average) * (row[j] - average)));
            (mean[j], deviation[j]) = ((float)average, spread < Flat ? 1 : (float)spread);
        }
        return new Standardisation(mean, deviation);
    }

    public float[] Apply(float[] row) => [.. row.Select((v, j) => (v - Mean[j]) / Deviation[j])];

    /// <summary>Returns the linear layer on raw features that is equivalent to the given one on standardised features: the network's
    /// structure does not change.</summary>
    /// <param name="weight">Out × in, row-major.</param>
    public (float[] Weight, float[] Bias) Fold(float[] weight, float[] bias)
    {
        var (folded, shifted) = (new float[weight.Length], new float[bias.Length]);
        for (var o = 0; o < bias.Length; o++)
        {
            double sum = bias[o];
            for (var j = 0; j < Mean.Length; j++)
            {
                var w = (double)weight[o * Mean.Length + j] / Deviation[j];
                folded[o * Mean.Length + j] = (float)w;
                sum -= w * Mean[j];
            }
            shifted[o] = (float)sum;
        }
        return (folded, shifted);
    }
}

namespace GpuGeek.Imaging.Resampling;

/// <summary>
/// For each output position along one axis, which input positions count and how much: Pillow's <c>precompute_coeffs</c> and
/// <c>normalize_coeffs_8bpc</c> for its triangle ("BILINEAR") filter, which widens with the reduction and so does not alias.
/// </summary>
internal sealed class ResampleWeights
{
    /// <summary>Fixed-point bits: 32, less 8 of the pixel and 2 against overflow.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    private ResampleWeights(int count, int stride)
    {
        Count = count;
        Stride = stride;
        Starts = new int[count];
        Lengths = new int[count];
        Values = new int[checked(count * stride)];
    }

    /// <summary>Output positions.</summary>
    public int Count { get; }

    /// <summary>Weights kept per output position.</summary>
    public int Stride { get; }

    /// <summary>First input position of each output position.</summary>
    public int[] Starts { get; }

    /// <summary>Input positions of each output position.</summary>
    public int[] Lengths { get; }

    /// <summary><see cref="Stride"/> weights per output position, scaled by two to the <see cref="PrecisionBits"/>.</summary>
    public int[] Values { get; }

    /// <summary>One past the last input position that counts.</summary>
    public int End => Starts[Count - 1] + Lengths[Count - 1];

    /// <param name="inputSize">Input positions.</param>
    /// <param name="outputSize">Output positions of the whole result.</param>
    /// <param name="first">First output position wanted.</param>
    /// <param name="count">Output positions wanted.</param>
    public static ResampleWeights Create(int inputSize, int outputSize, int first, int count)
    {
        var scale = (double)inputSize / outputSize;
        var support = Math.Max(scale, 1.0);
        var weights = new ResampleWeights(count, (int)Math.Ceiling(support) * 2 + 1);
        var exact = new double[weights.Stride];
        for (var i = 0; i < count; i++)
            weights.Fill(i, inputSize, (first + i + 0.5) * scale, support, exact);
        return weights;
    }

    private void Fill(int position, int inputSize, double center, double support, double[] exact)
    {
        var inverse = 1.0 / support;
        var start = Math.Max(0, (int)(center - support + 0.5));
        var length = Math.Min(inputSize, (int)(center + support + 0.5)) - start;
        var sum = 0.0;
        for (var i = 0; i < length; i++)
        {
            var distance = Math.Abs((i + start - center + 0.5) * inverse);
            exact[i] = distance < 1.0 ? 1.0 - distance : 0.0;
            sum += exact[i];
        }
        Starts[position] = start;
        Lengths[position] = length;
        var values = Values.AsSpan(position * Stride, length);
        for (var i = 0; i < length; i++)
            values[i] = (int)(0.5 + (sum != 0.0 ? exact[i] / sum : exact[i]) * (1 << PrecisionBits));
    }
}

namespace GpuGeek.Inference;

public static class Softmax
{
    /// <summary>softmax(logits / temperature), computed in double so that no class is lost to rounding.</summary>
    public static float[] Of(ReadOnlySpan<float> logits, double temperature)
    {
        var max = double.NegativeInfinity;
        foreach (var logit in logits)
            max = Math.Max(max, logit / temperature);
        var exponentials = new double[logits.Length];
        var sum = 0.0;
        for (var i = 0; i < logits.Length; i++)
            sum += exponentials[i] = Math.Exp(logits[i] / temperature - max);
        var result = new float[logits.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = (float)(exponentials[i] / sum);
        return result;
    }
}

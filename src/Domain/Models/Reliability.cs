namespace GpuGeek.Domain.Models;

/// <param name="Low">The bin has the pictures whose highest probability is above this, and at most
/// <paramref name="High"/>.</param>
/// <param name="Confidence">Their mean highest probability; 0 if there are none.</param>
/// <param name="Accuracy">Share of them that are right; 0 if there are none.</param>
public sealed record ReliabilityBin(double Low, double High, int Count, double Confidence, double Accuracy);

/// <summary>Whether a probability of 80 % is right in 80 % of the cases: bins of equal width (Guo et al. 2017).</summary>
public static class Reliability
{
    public const int Bins = 15;

    public static IReadOnlyList<ReliabilityBin> Of(IEnumerable<(double Confidence, bool IsRight)> pictures)
    {
        var count = new int[Bins];
        var confidence = new double[Bins];
        var right = new int[Bins];
        foreach (var picture in pictures)
        {
            var bin = Math.Clamp((int)Math.Ceiling(picture.Confidence * Bins) - 1, 0, Bins - 1);
            count[bin]++;
            confidence[bin] += picture.Confidence;
            right[bin] += picture.IsRight ? 1 : 0;
        }
        return
        [
            .. Enumerable
                .Range(0, Bins)
                .Select(i => new ReliabilityBin(
                    (double)i / Bins,
                    (double)(i + 1) / Bins,
                    count[i],
                    count[i] == 0 ? 0 : confidence[i] / count[i],
                    count[i] == 0 ? 0 : (double)right[i] / count[i]
                )),
        ];
    }
}

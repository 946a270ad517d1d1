namespace GpuGeek.Domain.Models;

/// <summary>A picture's probability of a class, and whether the class is right.</summary>
public readonly record struct RankedPicture(double Score, bool IsPositive);

/// <param name="Threshold">Pictures with at least this probability count as the class.</param>
/// <param name="Recall">Share of the class's pictures that are found; the true positive rate.</param>
/// <param name="FalsePositiveRate">Share of the other pictures that are taken for the class.</param>
/// <param name="Precision">Share of the class among the pictures that are taken for it.</param>
public readonly record struct RankingPoint(double Threshold, double Recall, double FalsePositiveRate, double Precision);

/// <summary>How well probabilities separate the pictures of a class from the others, at every threshold.</summary>
public sealed class RankingCurve
{
    private readonly int _positives;
    private readonly int _negatives;

    private RankingCurve(IReadOnlyList<RankingPoint> points, int positives, int negatives) =>
        (Points, _positives, _negatives) = (points, positives, negatives);

    /// <summary>One for each probability that occurs, the highest first.</summary>
    public IReadOnlyList<RankingPoint> Points { get; }

    /// <summary>Pictures of equal probability are taken together, as scikit-learn does it.</summary>
    public static RankingCurve Of(IEnumerable<RankedPicture> pictures)
    {
        var sorted = pictures.OrderByDescending(p => p.Score).ToArray();
        var positives = sorted.Count(p => p.IsPositive);
        var negatives = sorted.Length - positives;
        var points = new List<RankingPoint>();
        var found = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            found += sorted[i].IsPositive ? 1 : 0;
            if (i + 1 < sorted.Length && sorted[i + 1].Score == sorted[i].Score)
                continue;
            var wrong = i + 1 - found;
            points.Add(new(sorted[i].Score, Share(found, positives), Share(wrong, negatives), (double)found / (i + 1)));
        }
        return new(points, positives, negatives);
    }

    /// <summary>Area under the ROC curve (trapezoids): the probability that a picture of the class has a higher one than another picture.
    /// Null: all pictures are of the class, or none.</summary>
    public double? AreaUnderRoc()
    {
        if (_positives == 0 || _negatives == 0)
            return null;
        var (area, before) = (0.0, new RankingPoint());
        foreach (var point in Points)
        {
            area += (point.FalsePositiveRate - before.FalsePositiveRate) * (point.Recall + before.Recall) / 2;
            before = point;
        }
        return area;
    }

    /// <summary>Precision averaged over the steps of recall, without interpolation. Null: no picture is of the class.</summary>
    public double? AveragePrecision()
    {
        if (_positives == 0)
            return null;
        var (sum, recall) = (0.0, 0.0);
        foreach (var point in Points)
        {
            sum += (point.Recall - recall) * point.Precision;
            recall = point.Recall;
        }
        return sum;
    }

    /// <returns>At most so many points, the first and the last among them.</returns>
    public IReadOnlyList<RankingPoint> Thinned(int most) =>
        Points.Count <= most
            ? Points
            : [.. Enumerable.Range(0, most).Select(i => Points[(int)((long)i * (Points.Count - 1) / (most - 1))])];

    private static double Share(int count, int of) => of == 0 ? 0 : (double)count / of;
}

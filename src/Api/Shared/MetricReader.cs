using System.Globalization;
using GpuGeek.Contracts.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Reads points and log lines after a sequence number, in order, for the run routes and the hub.</summary>
internal static class MetricReader
{
    public const int PageSize = 2000;

    public static async Task<List<MetricPointResponse>> PointsAsync(
        GpuGeekDbContext db,
        Guid run,
        long after,
        string[]? names,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var rows = db
            .MetricPoints.AsNoTracking()
            .Where(p => p.RunId == run && p.Seq > after && (names == null || names.Contains(p.Name)))
            .OrderBy(p => p.Seq);
        return await (limit is { } n ? rows.Take(n) : rows)
            .Select(p => new MetricPointResponse(p.Seq, p.Name, p.Step, p.Epoch, p.Value, p.At))
            .ToListAsync(cancellationToken);
    }

    public static Task<List<LogLineResponse>> LogsAsync(
        GpuGeekDbContext db,
        Guid run,
        long after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        db
            .RunLogLines.AsNoTracking()
            .Where(l => l.RunId == run && l.Seq > after)
            .OrderBy(l => l.Seq)
            .Take(limit)
            .Select(l => new LogLineResponse(l.Seq, l.Level, l.Message, l.At))
            .ToListAsync(cancellationToken);

    /// <summary>
    /// For drawing: at most about <paramref name="points"/> per curve. Each bucket keeps its lowest and its highest point, so that no
    /// peak disappears. Values have six digits, because a number with 17 digits hardly compresses and a chart shows four.
    /// </summary>
    public static List<MetricPointResponse> Buckets(IEnumerable<MetricPointResponse> all, int points) =>
        [
            .. all.GroupBy(p => p.Name)
                .SelectMany(curve => Thin([.. curve.OrderBy(p => p.Step)], points))
                .OrderBy(p => p.Seq)
                .Select(p => p with { Epoch = Math.Round(p.Epoch, 4), Value = SixDigits(p.Value) }),
        ];

    private static double SixDigits(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static IEnumerable<MetricPointResponse> Thin(MetricPointResponse[] curve, int points)
    {
        if (curve.Length <= points)
            return curve;
        var size = (int)Math.Ceiling(curve.Length / (points / 2.0));
        return curve.Chunk(size).SelectMany(bucket => new[] { bucket.MinBy(p => p.Value)!, bucket.MaxBy(p => p.Value)! }.Distinct());
    }
}

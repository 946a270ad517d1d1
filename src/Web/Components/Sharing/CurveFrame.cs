using System.Globalization;
using System.Text;

namespace GpuGeek.Web.Components.Sharing;

/// <param name="IsMeasuredRarely">Measured once an epoch: each point is shown, and the line is thick.</param>
/// <param name="Points">In the order of steps.</param>
public sealed record CurveSeries(string Label, bool IsMeasuredRarely, IReadOnlyList<CurvePoint> Points);

public sealed record CurvePoint(long Step, double Value);

/// <param name="At">0..100 from the left, or from the top.</param>
public sealed record CurveTick(double Value, double At);

/// <summary>Positions of points in a square of 100 by 100: steps from the first to the last, values between two round numbers.</summary>
public sealed class CurveFrame
{
    private const int WantedTicks = 4;
    private readonly double _left,
        _right,
        _bottom,
        _top;

    private CurveFrame(double left, double right, double low, double high)
    {
        (_left, _right) = (left, right > left ? right : left + 1);
        var step = RoundStep((high - low > 1e-12 ? high - low : Math.Max(Math.Abs(high), 1)) / WantedTicks);
        (_bottom, _top) = (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step);
        if (_top <= _bottom)
            _top = _bottom + step;
        YTicks =
        [
            .. Enumerable
                .Range(0, 1 + (int)Math.Round((_top - _bottom) / step))
                .Select(i => Math.Round(_bottom + i * step, 12))
                .Select(v => new CurveTick(v, Y(v))),
        ];
        var stride = Math.Max(1, RoundStep((_right - _left) / WantedTicks));
        XTicks =
        [
            .. Enumerable
                .Range(0, 2 + WantedTicks * 3)
                .Select(i => (Math.Ceiling(_left / stride) + i) * stride)
                .Where(v => v <= _right)
                .Select(v => new CurveTick(v, X(v))),
        ];
    }

    public IReadOnlyList<CurveTick> XTicks { get; }
    public IReadOnlyList<CurveTick> YTicks { get; }

    /// <returns>Null: there is nothing to draw.</returns>
    public static CurveFrame? Around(IEnumerable<CurveSeries> series)
    {
        var points = series.SelectMany(s => s.Points).Where(p => double.IsFinite(p.Value)).ToList();
        return points.Count == 0
            ? null
            : new(points.Min(p => p.Step), points.Max(p => p.Step), points.Min(p => p.Value), points.Max(p => p.Value));
    }

    /// <summary>An SVG path through the points.</summary>
    public string Line(IEnumerable<CurvePoint> points) =>
        Path(points, (path, first, x, y) => path.Append(first ? 'M' : 'L').Append(x).Append(' ').Append(y));

    /// <summary>An SVG path of zero-length segments, which a round line cap shows as dots.</summary>
    public string Dots(IEnumerable<CurvePoint> points) =>
        Path(points, (path, _, x, y) => path.Append('M').Append(x).Append(' ').Append(y).Append("h0"));

    private string Path(IEnumerable<CurvePoint> points, Action<StringBuilder, bool, string, string> draw)
    {
        var path = new StringBuilder();
        foreach (var point in points.Where(p => double.IsFinite(p.Value)))
            draw(path, path.Length == 0, Text(X(point.Step)), Text(Y(point.Value)));
        return path.ToString();
    }

    private double X(double step) => (step - _left) / (_right - _left) * 100;

    private double Y(double value) => (_top - value) / (_top - _bottom) * 100;

    /// <summary>The next of 1, 2, 5, 10, 20…</summary>
    private static double RoundStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch
            {
                <= 1 => 1,
                <= 2 => 2,
                <= 5 => 5,
                _ => 10,
            } * power;
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

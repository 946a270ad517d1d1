using GpuGeek.Imaging;

namespace GpuGeek.Worker.Imports.Reading;

/// <summary>Draws one figure of random colour, size, position and rotation on a noisy background, antialiased with four samples per
/// pixel.</summary>
internal static class ShapePainter
{
    private const int Side = 96;
    private static readonly (double X, double Y)[] Samples = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];

    public static RgbImage Paint(int label, int number)
    {
        var random = new Counter(((ulong)label << 32) | (uint)number);
        var figure = new Figure(
            label,
            random.Between(0.4, 0.6) * Side,
            random.Between(0.4, 0.6) * Side,
            random.Between(0.24, 0.38) * Side,
            random.Between(-0.5, 0.5)
        );
        double[] back = [random.Between(30, 225), random.Between(30, 225), random.Between(30, 225)];
        double[] front = [.. back.Select(c => c < 128 ? random.Between(c + 90, 255) : random.Between(0, c - 90))];
        var noise = random.Between(6, 22);
        var pixels = new byte[Side * Side * 3];
        for (var y = 0; y < Side; y++)
        for (var x = 0; x < Side; x++)
        {
            var cover = Samples.Count(s => figure.Covers(x + s.X, y + s.Y)) / (double)Samples.Length;
            for (var c = 0; c < 3; c++)
                pixels[((y * Side) + x) * 3 + c] = (byte)
                    Math.Clamp(back[c] + (cover * (front[c] - back[c])) + random.Between(-noise, noise), 0, 255);
        }
        return new(Side, Side, pixels);
    }

    private sealed record Figure(int Label, double CentreX, double CentreY, double Radius, double Turn)
    {
        private readonly double _sin = Math.Sin(Turn);
        private readonly double _cos = Math.Cos(Turn);

        public bool Covers(double px, double py)
        {
            double dx = px - CentreX,
                dy = py - CentreY;
            double x = ((dx * _cos) + (dy * _sin)) / Radius,
                y = ((dy * _cos) - (dx * _sin)) / Radius;
            return Label switch
            {
                0 => (x * x) + (y * y) <= 1,
                1 => (Math.Abs(x) <= 0.32 && Math.Abs(y) <= 1) || (Math.Abs(y) <= 0.32 && Math.Abs(x) <= 1),
                2 => Math.Abs(x) <= 0.85 && Math.Abs(y) <= 0.85,
                3 => InStar(x, y),
                _ => y <= 0.6 && y >= -1 + (Math.Abs(x) * 1.85),
            };
        }

        // A five-pointed star: the distance of the edge falls from 1 at a point to 0.45 between two points.
        private static bool InStar(double x, double y)
        {
            const double sector = 2 * Math.PI / 5;
            var angle = Math.Abs((((Math.Atan2(y, x) % sector) + sector) % sector) - (sector / 2));
            double pointX = Math.Cos(sector / 2),
                pointY = Math.Sin(sector / 2),
                valleyX = 0.45;
            double r = Math.Sqrt((x * x) + (y * y)),
                sx = r * Math.Cos(angle),
                sy = r * Math.Sin(angle);
            return ((pointX - valleyX) * sy) - (pointY * (sx - valleyX)) >= 0;
        }
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every machine and in every version of .NET.</summary>
    private sealed class Counter(ulong seed)
    {
        private ulong _state = seed * 0x9E3779B97F4A7C15;

        public double Between(double low, double high)
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            return low + ((z >> 11) * (1.0 / (1UL << 53)) * (high - low));
        }
    }
}

namespace GpuGeek.Imaging.Transforms;

/// <summary>Moves colours along the colour circle: to Pillow's 8-bit HSV, in which the circle has 255 parts, and back; in place.</summary>
internal static class HueShift
{
    private const double Circle = 255,
        Sectors = 6;

    /// <param name="rgb">Packed pixels.</param>
    /// <param name="turn">Of the circle, -0.5 to 0.5.</param>
    public static void Apply(Span<byte> rgb, double turn)
    {
        var steps = (int)(turn * Circle);
        for (var i = 0; i < rgb.Length; i += 3)
        {
            int r = rgb[i],
                g = rgb[i + 1],
                b = rgb[i + 2];
            int high = Math.Max(r, Math.Max(g, b)),
                low = Math.Min(r, Math.Min(g, b));
            // Grey has no hue.
            if (high == low)
                continue;
            var saturation = (int)((float)(high - low) / high * 255.0);
            var hue = (byte)(Hue(r, g, b, high, high - low) + steps);
            Write(rgb.Slice(i, 3), hue, saturation, high);
        }
    }

    private static int Hue(int r, int g, int b, int high, float spread)
    {
        float red = (high - r) / spread,
            green = (high - g) / spread,
            blue = (high - b) / spread;
        var sector =
            r == high ? blue - green
            : g == high ? (float)(2.0 + red - blue)
            : (float)(4.0 + green - red);
        return (int)((float)((sector / 6.0 + 1.0) % 1.0) * 255.0);
    }

    private static void Write(Span<byte> target, int hue, int saturation, int value)
    {
        // A colour so faint that it rounds to none is grey from here on.
        if (saturation == 0)
        {
            target.Fill((byte)value);
            return;
        }
        var position = hue * Sectors / Circle;
        var sector = (int)position;
        // Single precision where Pillow has it: some values lie next to a half.
        float within = (float)(position - sector),
            share = (float)(saturation / 255.0),
            part = share * within;
        byte top = (byte)value,
            low = Level(value * (1.0 - share)),
            falling = Level(value * (1.0 - part)),
            rising = Level(value * (1.0 - share * (1.0 - within)));
        (target[0], target[1], target[2]) = (sector % 6) switch
        {
            0 => (top, rising, low),
            1 => (falling, top, low),
            2 => (low, top, rising),
            3 => (low, falling, top),
            4 => (rising, low, top),
            _ => (top, low, falling),
        };
    }

    private static byte Level(double value) => (byte)Math.Clamp((int)Math.Round(value, MidpointRounding.AwayFromZero), 0, 255);
}

namespace GpuGeek.Imaging.Transforms;

/// <summary>Where a pixel of the result comes from: <c>x' = (A x + B y + C) / w</c>, <c>y' = (D x + E y + F) / w</c> with
/// <c>w = G x + H y + 1</c>. Positions are in pixels, and a pixel's centre is at a half. Angles are in degrees.</summary>
internal readonly record struct Projection(double A, double B, double C, double D, double E, double F, double G = 0, double H = 0)
{
    private const int Unknowns = 8;

    // One product, as Python's math.radians: edges depend on the last bit.
    private const double Radians = Math.PI / 180;

    public bool IsAffine => G == 0 && H == 0;

    /// <summary>Pillow's <c>Image.rotate</c>: counterclockwise about the centre.</summary>
    public static Projection Rotation(int width, int height, double degrees)
    {
        var angle = -(degrees - 360 * Math.Floor(degrees / 360)) * Math.PI / 180;
        // Rounded as Pillow does, so that quarter turns are exact.
        double cos = Math.Round(Math.Cos(angle), 15),
            sin = Math.Round(Math.Sin(angle), 15);
        double x = width / 2.0,
            y = height / 2.0;
        return new(cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y);
    }

    /// <summary>torchvision's <c>affine</c>, inverted: shear, turn clockwise and scale about a point, then shift.</summary>
    public static Projection Affine(AffineChange change, double centerX, double centerY)
    {
        double turn = change.Degrees * Radians,
            alongX = Math.Tan(change.ShearX * Radians),
            shearY = change.ShearY * Radians;
        // The product of rotation and both shears has determinant 1: the inverse swaps two entries and changes the sign of the others.
        double xx = Math.Cos(turn - shearY) / Math.Cos(shearY),
            yx = Math.Sin(turn - shearY) / Math.Cos(shearY);
        double xy = -xx * alongX - Math.Sin(turn),
            yy = -yx * alongX + Math.Cos(turn);
        double a = yy / change.Scale,
            b = -xy / change.Scale,
            d = -yx / change.Scale,
            e = xx / change.Scale;
        double fromX = -centerX - change.ShiftX,
            fromY = -centerY - change.ShiftY;
        return new(a, b, a * fromX + b * fromY + centerX, d, e, d * fromX + e * fromY + centerY);
    }

    /// <summary>The one that carries four corners back to the picture's own. If three lie on a line there is none, and its numbers are not
    /// finite.</summary>
    public static Projection Perspective(int width, int height, PictureCorners corners)
    {
        (double X, double Y)[] own = [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)];
        var rows = new double[Unknowns][];
        for (var i = 0; i < own.Length; i++)
        {
            var (x, y) = corners[i];
            rows[2 * i] = [x, y, 1, 0, 0, 0, -own[i].X * x, -own[i].X * y, own[i].X];
            rows[2 * i + 1] = [0, 0, 0, x, y, 1, -own[i].Y * x, -own[i].Y * y, own[i].Y];
        }
        var c = Solve(rows);
        return new(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
    }

    /// <summary>Gauss and Jordan's elimination with the largest pivot of each column.</summary>
    private static double[] Solve(double[][] rows)
    {
        for (var column = 0; column < Unknowns; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < Unknowns; row++)
                if (Math.Abs(rows[row][column]) > Math.Abs(rows[pivot][column]))
                    pivot = row;
            (rows[column], rows[pivot]) = (rows[pivot], rows[column]);
            for (var row = 0; row < Unknowns; row++)
                if (row != column)
                    Subtract(rows[column], rows[row][column] / rows[column][column], rows[row]);
        }
        return [.. rows.Select((row, i) => row[Unknowns] / row[i])];
    }

    private static void Subtract(double[] from, double factor, double[] row)
    {
        for (var i = 0; i < row.Length; i++)
            row[i] -= factor * from[i];
    }
}

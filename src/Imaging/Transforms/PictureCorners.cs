namespace GpuGeek.Imaging;

/// <summary>Where the four corners of a picture go, in pixels.</summary>
public readonly record struct PictureCorners(
    (int X, int Y) TopLeft,
    (int X, int Y) TopRight,
    (int X, int Y) BottomRight,
    (int X, int Y) BottomLeft
)
{
    /// <summary>No corner lies inside the triangle of the others or on its edge, and none has changed sides: nothing folds over.</summary>
    public bool AreConvex
    {
        get
        {
            for (var i = 0; i < 4; i++)
            {
                var (a, b, c) = (this[i], this[(i + 1) % 4], this[(i + 2) % 4]);
                if ((long)(b.X - a.X) * (c.Y - b.Y) <= (long)(b.Y - a.Y) * (c.X - b.X))
                    return false;
            }
            return true;
        }
    }

    /// <summary>0 to 3, clockwise from the top left one.</summary>
    internal (int X, int Y) this[int index] =>
        index switch
        {
            0 => TopLeft,
            1 => TopRight,
            2 => BottomRight,
            _ => BottomLeft,
        };
}

namespace GpuGeek.Imaging;

/// <summary>A decoded picture: 8-bit sRGB, height x width x 3, row by row from the top, no padding.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Pixels"><c>Width * Height * 3</c> bytes: R, G, B of each pixel.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>A black picture.</summary>
    internal static RgbImage Black(int width, int height) => new(width, height, new byte[checked(width * height * 3)]);

    /// <summary>A picture whose pixels the caller must all write.</summary>
    internal static RgbImage Unwritten(int width, int height) =>
        new(width, height, GC.AllocateUninitializedArray<byte>(checked(width * height * 3)));

    /// <summary>Throws unless the array has the length for the given sides: the inner loops do not check again.</summary>
    internal void Check()
    {
        if (Width <= 0 || Height <= 0 || Pixels.Length != (long)Width * Height * 3)
            throw new ArgumentException(
                $"An image of {Width} x {Height} pixels needs {(long)Width * Height * 3} bytes, not {Pixels.Length}."
            );
    }
}

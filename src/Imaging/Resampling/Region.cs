namespace GpuGeek.Imaging.Resampling;

/// <summary>A rectangle in pixels.</summary>
internal readonly record struct Region(int X, int Y, int Width, int Height);

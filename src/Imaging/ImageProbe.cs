namespace GpuGeek.Imaging;

/// <summary>Data of a picture's header, read without decoding a pixel.</summary>
/// <param name="Format">By content.</param>
/// <param name="Width">Pixels, after <paramref name="Orientation"/> is applied.</param>
/// <param name="Height">Pixels, after <paramref name="Orientation"/> is applied.</param>
/// <param name="Orientation">The EXIF orientation, 1..8; 1 if the file has none or an invalid one.</param>
/// <param name="Frames">Frames of an animation, 1 for a still picture. Only the first is ever decoded.</param>
public sealed record ImageProbe(ImageFormat Format, int Width, int Height, int Orientation, int Frames);

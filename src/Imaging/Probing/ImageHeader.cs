namespace GpuGeek.Imaging.Probing;

/// <summary>Result of a format's header reader: sides as stored, before the orientation is applied.</summary>
internal readonly record struct ImageHeader(ImageFormat Format, long Width, long Height, int Orientation = 1, int Frames = 1);

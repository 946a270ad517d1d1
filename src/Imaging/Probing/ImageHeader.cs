namespace GpuGeek.Imaging.Probing;

/// <summary>What a format's reader found: sides as stored, before the orientation is applied.</summary>
internal readonly record struct ImageHeader(ImageFormat Format, long Width, long Height, int Orientation = 1, int Frames = 1);

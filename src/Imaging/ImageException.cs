namespace GpuGeek.Imaging;

/// <summary>A picture that cannot be used: an expected result of reading untrusted files, not an error in the program.</summary>
/// <param name="code">One of the constants of this class; stable, for machines.</param>
/// <param name="detail">What is wrong with this file, for display.</param>
/// <param name="hint">What to do about it.</param>
public sealed class ImageException(string code, string detail, string hint) : Exception(detail)
{
    /// <summary>The bytes are not a picture in a supported format.</summary>
    public const string UnsupportedFormat = "unsupported_format";

    /// <summary>The picture is truncated or violates its format.</summary>
    public const string Damaged = "image_damaged";

    /// <summary>Exceeds one of <see cref="ImageLimits"/>.</summary>
    public const string TooLarge = "image_too_large";

    /// <summary>No bytes, or a side of 0 pixels.</summary>
    public const string Empty = "image_empty";

    public string Code { get; } = code;

    public string Hint { get; } = hint;

    internal static ImageException OfUnsupported(string detail) =>
        new(UnsupportedFormat, detail, "Save the picture as JPEG, PNG, WebP, GIF or BMP and send it again.");

    internal static ImageException OfDamaged(string detail) =>
        new(Damaged, detail, "Open the picture in an image viewer. If it opens, save it again; otherwise get it from its source again.");

    internal static ImageException OfTooLarge(string detail) =>
        new(TooLarge, detail, "Make the picture smaller and send it again; training never needs more than a few megapixels.");

    internal static ImageException OfEmpty(string detail) => new(Empty, detail, "Remove the file, or get it from its source again.");
}

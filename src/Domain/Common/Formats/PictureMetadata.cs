namespace GpuGeek.Domain.Common.Formats;

/// <summary>
/// Leaves out of a picture's file what is no pixel and no colour: EXIF with places, times and cameras, XMP, IPTC, comments, previews,
/// and whatever follows its end. The pixels are not touched, and the orientation stays, since it turns them.
/// </summary>
public static class PictureMetadata
{
    /// <param name="picture">JPEG, PNG, WebP, GIF or BMP.</param>
    /// <returns>The picture without; null: it cannot be taken apart, so nobody knows what is in it.</returns>
    public static byte[]? Without(ReadOnlySpan<byte> picture)
    {
        if (picture.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
            return JpegMetadata.Without(picture);
        if (picture.StartsWith(PngMetadata.Signature))
            return PngMetadata.Without(picture);
        if (picture.StartsWith("RIFF"u8))
            return WebPMetadata.Without(picture);
        if (picture.StartsWith("GIF8"u8))
            return GifMetadata.Without(picture);
        // A bitmap has no metadata.
        return picture.StartsWith("BM"u8) ? picture.ToArray() : null;
    }
}

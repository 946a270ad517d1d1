using System.Text;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>The text of a file whose encoding nobody has declared.</summary>
internal static class LabelText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <returns>Null: it is not text.</returns>
    public static string? Of(byte[] bytes)
    {
        var text = Decoded(bytes);
        return text.Contains('\0') ? null : text;
    }

    // A mark at the beginning says which; otherwise UTF-8 if it is valid, and else Latin-1, which spreadsheets in Europe write.
    private static string Decoded(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble))
            return Encoding.UTF8.GetString(bytes.AsSpan(Encoding.UTF8.Preamble.Length));
        if (bytes.AsSpan().StartsWith(Encoding.Unicode.Preamble))
            return Encoding.Unicode.GetString(bytes.AsSpan(Encoding.Unicode.Preamble.Length));
        if (bytes.AsSpan().StartsWith(Encoding.BigEndianUnicode.Preamble))
            return Encoding.BigEndianUnicode.GetString(bytes.AsSpan(Encoding.BigEndianUnicode.Preamble.Length));
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}

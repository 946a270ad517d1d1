using System.Text;
using GpuGeek.Worker.Imports.Archives;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>The text of a file whose encoding nobody has declared.</summary>
internal static class LabelText
{
    /// <returns>Null: it is not text.</returns>
    public static string? Of(byte[] bytes)
    {
        var text = Decoded(bytes);
        return text.Contains('\0') ? null : text;
    }

    // A mark at the beginning says which; otherwise as names in archives: UTF-8 if it is valid, and else Latin-1, which spreadsheets in
    // Europe write.
    private static string Decoded(byte[] bytes)
    {
        foreach (var encoding in (Encoding[])[Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode])
            if (bytes.AsSpan().StartsWith(encoding.Preamble))
                return encoding.GetString(bytes.AsSpan(encoding.Preamble.Length));
        return ZipEntries.Decode(bytes);
    }
}

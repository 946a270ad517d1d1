using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

/// <param name="Hash">SHA-256 of the picture's bytes, hex.</param>
/// <param name="Label">Class name.</param>
/// <param name="Split">One of <see cref="Splits"/>.</param>
/// <param name="Group">Pictures of one group stay in the same split; empty for none.</param>
public sealed record ManifestEntry(string Hash, string Label, string Split, string Group = "");

/// <summary>
/// The text of a dataset version: one line per picture, <c>hash TAB label TAB split TAB group LF</c>, sorted by the bytes of the hash.
/// The same pictures, labels and splits give the same bytes, so the hash of the text identifies the version.
/// </summary>
public static class Manifest
{
    public static byte[] Write(IEnumerable<ManifestEntry> entries)
    {
        // No text of the whole: a million pictures have 90 MB.
        using var bytes = new MemoryStream();
        using (var lines = new StreamWriter(bytes, new UTF8Encoding(false), leaveOpen: true))
            foreach (var entry in entries.OrderBy(e => e.Hash, StringComparer.Ordinal))
            {
                lines.Write(entry.Hash);
                lines.Write('\t');
                lines.Write(Escape(entry.Label));
                lines.Write('\t');
                lines.Write(entry.Split);
                lines.Write('\t');
                lines.Write(Escape(entry.Group));
                lines.Write('\n');
            }
        return bytes.ToArray();
    }

    public static string HashOf(ReadOnlySpan<byte> manifest) => Convert.ToHexStringLower(SHA256.HashData(manifest));

    /// <exception cref="DomainException"><c>manifest_damaged</c>, with the line number.</exception>
    public static List<ManifestEntry> Read(ReadOnlySpan<byte> manifest)
    {
        var entries = new List<ManifestEntry>();
        foreach (var line in Encoding.UTF8.GetString(manifest).Split('\n'))
        {
            if (line.Length == 0)
                continue;
            entries.Add(ReadLine(line, entries.Count + 1));
        }
        return entries;
    }

    /// <param name="line">Without its end.</param>
    /// <param name="number">From 1.</param>
    /// <exception cref="DomainException"><c>manifest_damaged</c>, with the line number.</exception>
    public static ManifestEntry ReadLine(string line, int number)
    {
        var fields = line.Split('\t');
        return fields.Length == 4 && fields[0].Length == 64 && Splits.All.Contains(fields[2])
            ? new(fields[0], Unescape(fields[1]), fields[2], Unescape(fields[3]))
            : throw new DomainException("manifest_damaged", $"Line {number} of the manifest cannot be read.");
    }

    private static string Escape(string text) =>
        text.Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("\t", @"\t", StringComparison.Ordinal)
            .Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
            return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
                result.Append(text[i]);
            else
                result.Append(
                    text[++i] switch
                    {
                        't' => '\t',
                        'n' => '\n',
                        var other => other,
                    }
                );
        }
        return result.ToString();
    }
}
